"""Long choices are put together without templates; nothing but blank space may differ."""

import re

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from gatepass.centre.form_rendering import LongSelect, Renderer

CHOICES = (
    ("", gettext_lazy("All sites")),
    (1, '小区 <1> & "more"'),
    ("it's", mark_safe("<b>bold</b>")),
    (1234567, 1234567),
    ("of a group", (("a&b", "A"), ("c", "it's C"))),
)


@pytest.mark.parametrize(
    "widget",
    [
        forms.Select(choices=CHOICES),
        forms.Select(attrs={"class": 'a"b', "required": True, "disabled": False, "size": 1500}, choices=CHOICES),
        forms.SelectMultiple(choices=CHOICES),
        forms.NullBooleanSelect(),
        forms.Select(),
        LongSelect(choices=CHOICES),
        LongSelect(attrs={"class": 'a"b', "required": True, "disabled": False, "size": 1500}, choices=CHOICES[:-1]),
        LongSelect(),
        forms.RadioSelect(choices=CHOICES),
        forms.RadioSelect(attrs={"class": "a<b", "disabled": True}, choices=CHOICES),
        forms.CheckboxSelectMultiple(choices=CHOICES),
        forms.CheckboxSelectMultiple(),
    ],
)
@pytest.mark.parametrize("value", ["", 1, "it's", "a&b", None])
def test_a_choice_is_drawn_as_by_the_templates(widget, value) -> None:
    value = [value] if isinstance(widget, (forms.SelectMultiple, forms.CheckboxSelectMultiple)) else value
    drawn, peer = (
        re.sub(r">\s+<", "><", re.sub(r"\s+", " ", widget.render("a<name>", value, {"id": "id_x"}, renderer=one())))
        for one in (Renderer, TemplatesSetting)
    )
    assert drawn.strip() == peer.strip()


def test_the_forms_of_the_site_are_drawn_so() -> None:
    from django.forms.renderers import get_default_renderer

    assert isinstance(get_default_renderer(), Renderer)
