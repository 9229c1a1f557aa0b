"""Tables of the exchange."""

from timebank.exchange.models.alarms import AlarmStep, VisitAlarm
from timebank.exchange.models.annulments import AnnulledVisit, AnnulmentCase, AnnulmentStep, CaseState
from timebank.exchange.models.apart import AskedBy, BlockedPair
from timebank.exchange.models.catalogue import Scheme, ServiceType
from timebank.exchange.models.giving import GiftState, HourGift, PotGift, Proof
from timebank.exchange.models.netting import NettedMonth, NettedPair, NettingPayment, NettingStep
from timebank.exchange.models.partners import Partner, PartnerCare, PartnerSettlement, PartnerVisit
from timebank.exchange.models.passbooks import Passbook, PassbookPrint
from timebank.exchange.models.places import SkillPlace, VolunteerPlace
from timebank.exchange.models.requests import (
    Offer,
    OfferState,
    RequestState,
    ServiceRequest,
)
from timebank.exchange.models.visits import CalendarFeed, HourEntry, Visit, VisitEvent, VisitState, VisitTransfer
from timebank.exchange.models.volunteers import (
    AvailabilityException,
    AvailabilitySlot,
    ElderGrant,
    KeyElder,
    Volunteer,
    VolunteerEvent,
    VolunteerSkill,
)
from timebank.exchange.rules.volunteers import VolunteerState

__all__ = [
    "AlarmStep",
    "AnnulledVisit",
    "AnnulmentCase",
    "AnnulmentStep",
    "AskedBy",
    "AvailabilityException",
    "AvailabilitySlot",
    "BlockedPair",
    "CalendarFeed",
    "CaseState",
    "ElderGrant",
    "GiftState",
    "HourEntry",
    "HourGift",
    "KeyElder",
    "NettedMonth",
    "NettedPair",
    "NettingPayment",
    "NettingStep",
    "Offer",
    "OfferState",
    "Partner",
    "PartnerCare",
    "PartnerSettlement",
    "PartnerVisit",
    "Passbook",
    "PassbookPrint",
    "PotGift",
    "Proof",
    "RequestState",
    "Scheme",
    "ServiceRequest",
    "ServiceType",
    "SkillPlace",
    "Visit",
    "VisitAlarm",
    "VisitEvent",
    "VisitState",
    "VisitTransfer",
    "Volunteer",
    "VolunteerEvent",
    "VolunteerPlace",
    "VolunteerSkill",
    "VolunteerState",
]
