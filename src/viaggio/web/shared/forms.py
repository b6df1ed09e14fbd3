"""How forms look in this house: label, hint, field, error, each tied to the field for screen readers."""

from django.forms.renderers import TemplatesSetting


class HouseForms(TemplatesSetting):
    """Django's forms through our templates."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
