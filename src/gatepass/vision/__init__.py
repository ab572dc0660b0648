"""Is the person before the camera the one in the portrait? Faces are found, measured, compared, and forgotten.

    models.load(detector, recogniser)  -> Models          the operator's files, checked; ModelFault otherwise
    FaceReader(models)                 .portrait(octets)  -> Sighting | Unclear     of a chip
                                       .view(picture)     -> Sighting | Unclear     of a camera, now
    Likeness(portrait, thresholds)     .look(sighting)    -> Verdict, or None while another picture is needed

Nothing in this room stores, sends or logs anything, and nothing in it knows whose face it sees.
"""

from gatepass.vision.faces import FaceReader, Sighting
from gatepass.vision.likeness import Likeness, Thresholds, Verdict
from gatepass.vision.models import ModelFault, Models, load
from gatepass.vision.pictures import Picture
from gatepass.vision.quality import Unclear

__all__ = [
    "FaceReader",
    "Likeness",
    "ModelFault",
    "Models",
    "Picture",
    "Sighting",
    "Thresholds",
    "Unclear",
    "Verdict",
    "load",
]
