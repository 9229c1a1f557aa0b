"""Tables of the exchange."""

from timebank.exchange.models.catalogue import Scheme, ServiceType
from timebank.exchange.models.requests import (
    Offer,
    OfferState,
    RequestState,
    ServiceRequest,
)
from timebank.exchange.models.visits import CalendarFeed, HourEntry, Visit, VisitEvent, VisitState
from timebank.exchange.models.volunteers import (
    AvailabilityException,
    AvailabilitySlot,
    Volunteer,
    VolunteerEvent,
    VolunteerSkill,
    VolunteerState,
)

__all__ = [
    "AvailabilityException",
    "AvailabilitySlot",
    "CalendarFeed",
    "HourEntry",
    "Offer",
    "OfferState",
    "RequestState",
    "Scheme",
    "ServiceRequest",
    "ServiceType",
    "Visit",
    "VisitEvent",
    "VisitState",
    "Volunteer",
    "VolunteerEvent",
    "VolunteerSkill",
    "VolunteerState",
]
