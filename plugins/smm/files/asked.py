"""What a model asks for at a place of a file: the field there, its limits and its examples."""

from typing import Annotated, Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Place = tuple[str | int, ...]


class Asked(NamedTuple):
    """What the model asks for at a place."""

    owner: type[BaseModel] | None  # that has the key
    field: FieldInfo | None
    is_item: bool = False  # of the field's value

    @property
    def example(self) -> str | None:
        found = (self.field.examples or []) if self.field else []
        return next(iter(found[self.is_item :]), None)

    @property
    def is_needed(self) -> bool:
        return self.field is not None and self.field.is_required() and not self.is_item


def keys(model: type[BaseModel] | None) -> list[str]:
    """As they are written."""
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def asked(model: type[BaseModel], place: Place) -> Asked:
    """What is asked there; nothing where the model has no such key."""
    found, current = Asked(None, None), _bare(model)
    for part in place:
        if isinstance(current, type) and issubclass(current, BaseModel):
            field = next((each for name, each in current.model_fields.items() if part in (name, each.alias)), None)
            found, current = Asked(current, field), _bare(field.annotation if field else None)
        else:
            inner = get_args(current)
            found = Asked(None, found.field, is_item=True)
            current = _bare(inner[-1 if get_origin(current) is dict else 0] if inner else None)
    return found


def _bare(annotation: Any) -> Any:
    """Without what is annotated, and without None."""
    while get_origin(annotation) is Annotated or type(None) in get_args(annotation):
        annotation = next(each for each in get_args(annotation) if each is not type(None))
    return annotation


def limits(field: FieldInfo | None) -> list[Any]:
    """Of a field, or of what it is annotated with where it may be None."""
    nested = [each for part in get_args(field.annotation) for each in get_args(part)] if field else []
    flat = [limit for each in nested for limit in (each.metadata if isinstance(each, FieldInfo) else [each])]
    return [*(field.metadata if field else ()), *flat]


def is_pair(field: FieldInfo | None) -> bool:
    return any(getattr(limit, "min_length", None) == 2 for limit in limits(field))


def bounds(field: FieldInfo | None) -> str:
    """Of a whole number: `` from 0 to 23``, `` above 0``."""
    found = {
        name: getattr(limit, name) for limit in limits(field) for name in ("gt", "ge", "le") if hasattr(limit, name)
    }
    if "gt" in found:
        return f" above {found['gt']}"
    return f" from {found['ge']} to {found['le']}" if "le" in found else ""
