"""How forms are drawn: as Django's templates draw them, but without a template for each part.

A choice among five hundred sites took a tenth of a second, each option being two templates of its own; put together
here, it takes a hundredth, and every character is the same. So did a page with a small form beside each of its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, Final

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

_FIELD: Final = "django/forms/field.html"
_ERRORS: Final = "django/forms/errors/list/default.html"
_TEXTAREA: Final = "django/forms/widgets/textarea.html"
_INPUTS: Final = {
    _TEXTAREA,
    *(
        f"django/forms/widgets/{kind}.html"
        for kind in (
            "input", "text", "number", "email", "url", "search", "tel", "password", "hidden", "date", "datetime",
            "time", "file", "checkbox",
        )
    ),
}  # fmt: skip
_SELECT: Final = "django/forms/widgets/select.html"
_OPTION: Final = "django/forms/widgets/select_option.html"
_TICKED: Final = {
    "django/forms/widgets/checkbox_select.html": "django/forms/widgets/checkbox_option.html",
    "django/forms/widgets/radio.html": "django/forms/widgets/radio_option.html",
}


class Renderer(TemplatesSetting):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name == _FIELD:
            return field_group(context["field"])
        if template_name in _INPUTS:
            # The value and every attribute is escaped; a browser drops the first line's end of a text.
            return mark_safe((_textarea if template_name == _TEXTAREA else _input)(context["widget"]))  # noqa: S308
        if template_name == _ERRORS and not context["errors"]:
            return ""
        if template_name == _SELECT and _plain(context["widget"], _OPTION):
            return select(context["widget"])
        if template_name in _TICKED and _plain(context["widget"], _TICKED[template_name]):
            return ticked(context["widget"])
        return super().render(template_name, context, request)


def field_group(field: forms.BoundField) -> SafeString:
    """A field with its label, its help and what is wrong with it."""
    errors = field.errors
    lines = [f'<div class="field{" wrong" if errors else ""}">']
    if field.use_fieldset:
        about = f' aria-describedby="{field.aria_describedby}"' if field.aria_describedby else ""
        lines.append(f"<fieldset{about}><legend>{_word(field.label)}</legend>")
    else:
        lines.append(f'<label for="{_word(field.id_for_label)}">{_word(field.label)}</label>')
    lines.append(str(field))
    if field.help_text:
        lines.append(f'<p class="help" id="{_word(field.auto_id)}_helptext">{_word(field.help_text)}</p>')
    lines.append(str(errors) if errors else "")
    if field.use_fieldset:
        lines.append("</fieldset>")
    lines.append("</div>")
    # Every part above is escaped, or drawn by a widget.
    return mark_safe("\n".join(lines))  # noqa: S308


def _plain(widget: Mapping[str, Any], template: str) -> bool:
    return all(option["template_name"] == template for _, options, _ in widget["optgroups"] for option in options)


class LongSelect(forms.Select):
    """As `forms.Select`, for hundreds of options: of each nothing is made but its line."""

    def render(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None) -> SafeString:
        wanted = set(self.format_value(value))
        choices = [("" if key is None else str(key), label) for key, label in self.choices]
        if any(isinstance(label, list | tuple) for _key, label in choices):
            return super().render(name, value, dict(attrs or {}), renderer)
        chosen = next((place for place, (key, _label) in enumerate(choices) if key in wanted), -1)
        lines = [f'  <option value="{escape(key)}">{_word(label)}</option>' for key, label in choices]
        if chosen >= 0:
            lines[chosen] = lines[chosen].replace(">", " selected>", 1)
        opening = f'<select name="{_word(name)}"{_attributes(self.build_attrs(self.attrs, dict(attrs or {})))}>'
        # Every part above is escaped, or a constant.
        return mark_safe("\n".join([opening, *lines, "</select>"]))  # noqa: S308


def select(widget: Mapping[str, Any]) -> SafeString:
    """`widget`: as `django.forms.Select.get_context` gives it."""
    lines = [f'<select name="{_word(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            lines.append(f'  <optgroup label="{_word(group)}">')
        lines += [
            f'  <option value="{_word(str(option["value"]))}"{_attributes(option["attrs"])}>'
            f"{_word(option['label'])}</option>"
            for option in options
        ]
        if group:
            lines.append("  </optgroup>")
    lines.append("</select>")
    # Every part above is escaped, or a constant.
    return mark_safe("\n".join(lines))  # noqa: S308


def ticked(widget: Mapping[str, Any]) -> SafeString:
    """A choice by boxes; `widget`: as `CheckboxSelectMultiple` and `RadioSelect` give it."""
    attributes = {name: widget["attrs"][name] for name in ("id", "class") if widget["attrs"].get(name)}
    lines = [f"<div{_attributes(attributes)}>"]
    for group, options, _index in widget["optgroups"]:
        if group:
            lines.append(f"  <div><label>{_word(group)}</label>")
        lines += [f"<div>{_box(option)}</div>" for option in options]
        if group:
            lines.append("  </div>")
    lines.append("</div>")
    # Every part above is escaped, or a constant.
    return mark_safe("\n".join(lines))  # noqa: S308


def _box(option: Mapping[str, Any]) -> str:
    box = _input(option)
    if not option.get("wrap_label"):
        return box
    about = f' for="{_word(option["attrs"]["id"])}"' if option["attrs"].get("id") else ""
    return f"<label{about}>{box} {_word(option['label'])}</label>"


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{_word(str(widget["value"]))}"'
    return f'<input type="{widget["type"]}" name="{_word(widget["name"])}"{value}{_attributes(widget["attrs"])}>'


def _textarea(widget: Mapping[str, Any]) -> str:
    opening = f'<textarea name="{_word(widget["name"])}"{_attributes(widget["attrs"])}>'
    return f"{opening}\n{_word(widget['value'] or '')}</textarea>"


def _word(value: Any) -> str:
    if isinstance(value, Promise):
        value = str(value)
    if type(value) is str:  # not marked as safe: the most frequent by far, and the cheapest
        return escape(value)
    return conditional_escape(value if isinstance(value, str) else localize(value))


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(
        f" {_word(name)}" if value is True else f' {_word(name)}="{_word(str(value))}"'
        for name, value in attributes.items()
        if value is not False
    )
