"""How one gate is set up: from the environment (GATEPASS_GATE_…), overridden by the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class GateSettings(BaseSettings):
    """Every setting has a safe default. docs/gate.md lists them; a test compares."""

    model_config = SettingsConfigDict(env_prefix="GATEPASS_GATE_", frozen=True, extra="forbid")

    folder: Path = Path("/var/lib/gatepass-gate")
    """The gate folder (`device.GateFolder`)."""
    reader: list[str] = []
    """Attached readers, FAMILY:PORT, for example sam:/dev/ttyUSB0. In the environment: a JSON list."""
    host: str = "127.0.0.1"
    """Address to serve on. Another machine's tablet needs more than this one, and then `names`."""
    port: int = Field(8601, ge=1, le=65535)
    names: list[str] = []
    """Host names, with port unless it is the usual one, under which pages may be opened besides this machine's own."""
    hold_ms: int = Field(3000, ge=500, le=30_000)
    """How long a result stays on the screen. The next card never waits for it."""
    repeat_ms: int = Field(5000, ge=0, le=60_000)
    """The same card with the same answer within this time is shown again and is no second passage."""
    gather_ms: int = Field(4000, ge=0, le=60_000)
    """A further document or code of the same person within this time after the last one belongs to the same visit."""
    heartbeat_ms: int = Field(2000, ge=200, le=10_000)
    """A page that hears nothing for twice as long shows that the gate is out of order."""
    keep_days: int = Field(2, ge=1, le=60)
    """Days that acknowledged records stay on the device, should the centre ask for them again."""
    poll_ms: int = Field(300, ge=1, le=5000)
    """How often a reader is asked for a card. Hardware does not stand less than 300."""
    retry_most_s: float = Field(60.0, ge=0.1, le=3600)
    """The longest pause between two attempts to reach the centre."""

    face_detector: str = ""
    """YuNet's file. Faces are compared where both files are named, a camera is attached, and the site asks for it."""
    face_recogniser: str = ""
    """SFace's file."""
    face_detector_sha256: str = Field(
        "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4", pattern=r"^[0-9a-fA-F]{64}$"
    )
    """Of the detector's file; another one is not run."""
    face_recogniser_sha256: str = Field(
        "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79", pattern=r"^[0-9a-fA-F]{64}$"
    )
    """Of the recogniser's file; another one is not run."""
    face_same: float = Field(0.363, ge=-1, le=1)
    """Cosine from which on two faces are one person's. Another recogniser has another one."""
    face_different: float = Field(0.25, ge=-1, le=1)
    """Cosine below which two faces are two people's; between the two a guard looks."""
    portrait_decoder: str = ""
    """A program that makes a picture of a resident card's portrait (`portraits`); empty: such cards have none."""
    face_camera: str = ""
    """The reader that sees faces, as `reader` names it; empty: the first camera."""

    @model_validator(mode="after")
    def _thresholds_in_order(self) -> Self:
        if self.face_different > self.face_same:
            raise ValueError("face_different is above face_same")
        return self

    @property
    def hosts(self) -> frozenset[str]:
        """Host headers that are ours, lower case, port included."""
        own = {"127.0.0.1", "localhost", "[::1]"}
        if self.host not in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
            own.add(f"[{self.host}]" if ":" in self.host else self.host)
        return frozenset({f"{name}:{self.port}".lower() for name in own} | {name.lower() for name in self.names})
