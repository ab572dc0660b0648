from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gatepass.centre.passages.words import active_language
from gatepass.verify import ProblemError, codes_in, words

MOST_BYTES = 8_000_000
MOST_CODES = 4


class CheckForm(forms.Form):
    """A picture or the text; `texts` of a valid form has what is to be judged."""

    picture = forms.FileField(
        label=_("A photo of it"),
        required=False,
        help_text=_("The whole code, straight from above, with some white around it."),
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    text = forms.CharField(
        label=_("Or what another app has read from it"),
        required=False,
        max_length=8192,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    texts: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        picture, text = cleaned.get("picture"), cleaned.get("text", "").strip("\r\n")
        if picture:
            self.texts = self._codes_in(picture)
        elif text:
            self.texts = (text,)
        elif not self.errors:
            raise forms.ValidationError(_("Take a photo of the code, or put its text into the field."))
        return cleaned

    def _codes_in(self, picture: Any) -> tuple[str, ...]:
        problem = "picture"
        if picture.size <= MOST_BYTES:
            try:
                return tuple(codes_in(picture.file)[:MOST_CODES])
            except ProblemError as error:
                problem = error.code
        self.add_error("picture", words().problem[problem][active_language()])
        return ()
