"""What each change of a schema means: to what a client sends, and to what it reads.

The direction decides: what narrows a request refuses calls that were good, what narrows an answer surprises nobody;
what widens goes the other way.
"""

from typing import NamedTuple

from codegen.extensions.extension import Level


class Effect(NamedTuple):
    """What a change of a schema means: to what is sent, and to what is read."""

    request: Level
    response: Level
    why_request: str
    why_response: str


_REFUSED = "what was accepted may now be refused"
_STILL = "what was accepted still is"
_SURPRISES = "answers may hold what a reader did not have to expect"
_PASSED_OVER = "readers pass over what they do not know"
_NO_EFFECT = "what callers send in it has no effect or is refused"
_LEFT_OUT = "calls that leave it out may now do something else"
_HOLDS = "an answer says what it holds"
_OMITTED = "calls that leave it out may now be refused"
_NARROWS = Effect("breaking", "compatible", _REFUSED, "answers keep within what they were before")
_WIDENS = Effect("compatible", "breaking", _STILL, _SURPRISES)
_WIDENS_A_LITTLE = Effect("compatible", "risky", _STILL, _SURPRISES)
_CHANGES = Effect("breaking", "breaking", _REFUSED, _SURPRISES)
_MAY_CHANGE = Effect("breaking", "risky", _REFUSED, _SURPRISES)
_PROPERTY_ADDED = Effect("compatible", "compatible", "it may be left out", _PASSED_OVER)
_REQUIRED_PROPERTY_ADDED = Effect("breaking", "compatible", _OMITTED, _PASSED_OVER)
_PROPERTY_REMOVED = Effect("breaking", "risky", _NO_EFFECT, "whoever reads it finds it missing, as could happen before")
_REQUIRED_PROPERTY_REMOVED = Effect("breaking", "breaking", _NO_EFFECT, "whoever relies on it no longer finds it")
_PROPERTY_BECAME_REQUIRED = Effect("breaking", "compatible", _OMITTED, "it could be there before as well")
_PROPERTY_BECAME_OPTIONAL = Effect(
    "compatible", "breaking", "callers may go on sending it", "whoever relies on it may no longer find it"
)
_OTHER_PROPERTIES_ALLOWED = Effect("compatible", "compatible", _STILL, _PASSED_OVER)
_DISCRIMINATOR_ADDED = Effect(
    "risky", "compatible", "the server may now go by it", "readers that try each alternative still can"
)
_DISCRIMINATOR_REMOVED = Effect(
    "compatible", "breaking", "it may be sent all the same", "readers that go by it cannot choose"
)
_DEFAULT_CHANGED = Effect("breaking", "documentation", "calls that leave it out now do something else", _HOLDS)
_DEFAULT_REMOVED = Effect("risky", "documentation", _LEFT_OUT, _HOLDS)
_CANNOT_BE_ORDERED = Effect("risky", "risky", _REFUSED, _SURPRISES)

SCHEMA_RULES: tuple[tuple[str, str, Effect], ...] = (
    ("type-changed", "A type became another", _CHANGES),
    ("type-narrowed", "Some of several types are no longer allowed", _NARROWS),
    ("type-widened", "More types are allowed", _WIDENS),
    ("null-allowed", "Null is allowed", _WIDENS),
    ("null-forbidden", "Null is no longer allowed", _NARROWS),
    ("format-added", "A format was demanded where there was none", _NARROWS),
    ("format-removed", "A format is no longer promised", _WIDENS),
    ("format-narrowed", "A format became a smaller one", _NARROWS),
    ("format-widened", "A format became a larger one", _WIDENS),
    ("format-changed", "A format became another", _CHANGES),
    ("unit-changed", "The unit of a value changed, so that the same figure means something else", _CHANGES),
    ("encoding-changed", "The encoding or media type of a text changed", _CHANGES),
    ("xml-changed", "The layout as XML changed", _CHANGES),
    ("enum-added", "Any value was allowed, now only listed ones are", _NARROWS),
    ("enum-removed", "Values are no longer limited to a list", _WIDENS_A_LITTLE),
    ("enum-value-added", "A value was added to a list", _WIDENS_A_LITTLE),
    ("enum-value-removed", "A value was taken out of a list", _NARROWS),
    ("enum-replaced", "No value of a list is left", _CHANGES),
    ("minimum-raised", "A smallest value was set or raised", _NARROWS),
    ("minimum-lowered", "A smallest value was lowered or dropped", _WIDENS_A_LITTLE),
    ("maximum-lowered", "A largest value was set or lowered", _NARROWS),
    ("maximum-raised", "A largest value was raised or dropped", _WIDENS_A_LITTLE),
    ("min-length-raised", "A least length was set or raised", _NARROWS),
    ("min-length-lowered", "A least length was lowered or dropped", _WIDENS_A_LITTLE),
    ("max-length-lowered", "A greatest length was set or lowered", _NARROWS),
    ("max-length-raised", "A greatest length was raised or dropped", _WIDENS_A_LITTLE),
    ("min-items-raised", "A least number of items was set or raised", _NARROWS),
    ("min-items-lowered", "A least number of items was lowered or dropped", _WIDENS_A_LITTLE),
    ("max-items-lowered", "A greatest number of items was set or lowered", _NARROWS),
    ("max-items-raised", "A greatest number of items was raised or dropped", _WIDENS_A_LITTLE),
    ("min-contains-raised", "More items must be of a kind", _NARROWS),
    ("min-contains-lowered", "Fewer items must be of a kind", _WIDENS_A_LITTLE),
    ("max-contains-lowered", "Fewer items may be of a kind", _NARROWS),
    ("max-contains-raised", "More items may be of a kind", _WIDENS_A_LITTLE),
    ("min-properties-raised", "A least number of properties was set or raised", _NARROWS),
    ("min-properties-lowered", "A least number of properties was lowered or dropped", _WIDENS_A_LITTLE),
    ("max-properties-lowered", "A greatest number of properties was set or lowered", _NARROWS),
    ("max-properties-raised", "A greatest number of properties was raised or dropped", _WIDENS_A_LITTLE),
    ("step-narrowed", "Numbers must now be multiples of a coarser step", _NARROWS),
    ("step-widened", "Numbers may be multiples of a finer step, or of none", _WIDENS_A_LITTLE),
    ("step-changed", "Numbers must be multiples of another step", _MAY_CHANGE),
    ("unique-items-demanded", "Items must now differ from each other", _NARROWS),
    ("unique-items-dropped", "Items may be equal to each other", _WIDENS_A_LITTLE),
    ("pattern-added", "A pattern was demanded where there was none", _NARROWS),
    ("pattern-removed", "A pattern is no longer promised", _WIDENS_A_LITTLE),
    ("pattern-changed", "A pattern became another, and no tool can say which of them allows more", _CANNOT_BE_ORDERED),
    ("property-added", "An optional property was added", _PROPERTY_ADDED),
    ("required-property-added", "A required property was added", _REQUIRED_PROPERTY_ADDED),
    (
        "property-removed",
        "An optional property was removed, or can no longer travel in this direction",
        _PROPERTY_REMOVED,
    ),
    (
        "required-property-removed",
        "A required property was removed, or can no longer travel in this direction",
        _REQUIRED_PROPERTY_REMOVED,
    ),
    ("property-became-required", "A property became required", _PROPERTY_BECAME_REQUIRED),
    ("property-became-optional", "A property became optional", _PROPERTY_BECAME_OPTIONAL),
    ("other-properties-forbidden", "Properties that are not listed are no longer allowed", _NARROWS),
    ("other-properties-allowed", "Properties that are not listed are allowed", _OTHER_PROPERTIES_ALLOWED),
    ("dependency-added", "A property came to demand another one", _NARROWS),
    ("dependency-removed", "A property no longer demands another one", _WIDENS_A_LITTLE),
    ("condition-added", "A condition (such as not, if, contains or propertyNames) was added", _NARROWS),
    ("condition-removed", "A condition was dropped", _WIDENS_A_LITTLE),
    (
        "condition-changed",
        "A condition became another, and no tool can say which of them allows more",
        _CANNOT_BE_ORDERED,
    ),
    ("alternative-added", "An alternative (oneOf, anyOf) was added", _WIDENS),
    ("alternative-removed", "An alternative (oneOf, anyOf) was removed", _NARROWS),
    ("discriminator-added", "A property came to tell alternatives apart", _DISCRIMINATOR_ADDED),
    ("discriminator-removed", "No property tells alternatives apart any more", _DISCRIMINATOR_REMOVED),
    (
        "discriminator-changed",
        "Another property tells alternatives apart, or a value of it means another alternative",
        _CHANGES,
    ),
    ("discriminator-value-added", "A value that names an alternative was added", _WIDENS_A_LITTLE),
    ("discriminator-value-removed", "A value that names an alternative was removed", _NARROWS),
    ("default-added", "What is left out came to have a default", Effect("risky", "documentation", _LEFT_OUT, _HOLDS)),
    ("default-changed", "A default became another", _DEFAULT_CHANGED),
    ("default-removed", "What is left out no longer has a default", _DEFAULT_REMOVED),
)
"""Kind of change, what happened, and its effect."""
