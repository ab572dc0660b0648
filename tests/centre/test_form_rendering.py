"""Forms are put together without templates; nothing but blank space may differ."""

import re

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.template import Context, Engine
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


@pytest.mark.parametrize(
    "widget",
    [
        forms.TextInput(attrs={"class": 'a"b', "required": True, "disabled": False, "maxlength": 1500}),
        forms.NumberInput(),
        forms.EmailInput(),
        forms.URLInput(),
        forms.PasswordInput(render_value=True),
        forms.HiddenInput(),
        forms.DateInput(),
        forms.DateTimeInput(),
        forms.TimeInput(),
        forms.FileInput(),
        forms.CheckboxInput(),
        forms.Textarea(attrs={"rows": 2}),
    ],
)
@pytest.mark.parametrize("value", ["", None, 1234567, "<a> & 'b'\n\"c\"", mark_safe("<b>bold</b>"), True])
def test_an_input_is_drawn_as_by_the_templates(widget, value) -> None:
    drawn, peer = (
        widget.render("a<name>", value, {"id": "id_x"}, renderer=one()) for one in (Renderer, TemplatesSetting)
    )
    assert drawn == peer


class Everything(forms.Form):
    words = forms.CharField(label=gettext_lazy("Name"), help_text='at <most> "60"', max_length=60)
    boxes = forms.MultipleChoiceField(
        label="<boxes>", choices=CHOICES[:2], widget=forms.CheckboxSelectMultiple, help_text=mark_safe("<b>two</b>")
    )
    since = forms.DateField(required=False)


FIELD = """<div class="field{% if field.errors %} wrong{% endif %}">
{% if field.use_fieldset %}<fieldset
{% if field.aria_describedby %} aria-describedby="{{ field.aria_describedby }}"{% endif %}>
<legend>{{ field.label }}</legend>{% else %}<label for="{{ field.id_for_label }}">{{ field.label }}</label>{% endif %}
{{ field }}
{% if field.help_text %}<p class="help" id="{{ field.auto_id }}_helptext">{{ field.help_text }}</p>{% endif %}
{{ field.errors }}
{% if field.use_fieldset %}</fieldset>{% endif %}
</div>"""


@pytest.mark.parametrize(
    "form", [Everything(), Everything({}), Everything({"words": "<w>", "since": "never"}, prefix="p")]
)
def test_a_field_has_its_label_its_help_and_what_is_wrong(form) -> None:
    for field in form:
        peer = Engine().from_string(FIELD).render(Context({"field": field}))
        drawn = field.as_field_group()
        assert re.sub(r">\n+<", "><", drawn) == re.sub(r">\n+<", "><", peer.replace("<fieldset\n", "<fieldset"))


def test_the_forms_of_the_site_are_drawn_so() -> None:
    from django.forms.renderers import get_default_renderer

    assert isinstance(get_default_renderer(), Renderer)
