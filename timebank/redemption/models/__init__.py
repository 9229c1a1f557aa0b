"""Tables of the service desk.  Pieces and minutes are counted in the ledger; these say what they were for."""

from timebank.redemption.models.batches import GoodsBatch, RedemptionTake, SourceKind
from timebank.redemption.models.companions import Companion
from timebank.redemption.models.days import DayClosing, DayCount, GoodsReckoning
from timebank.redemption.models.goods import Desk, DeskStock, GoodsItem, GoodsLimit, GoodsPrice, MoveKind, StockMove
from timebank.redemption.models.intentions import DeskIntention, IntendedHow, IntentionState
from timebank.redemption.models.packages import CarePackage, PackagePurchase
from timebank.redemption.models.pictures import GoodsPicture
from timebank.redemption.models.redemptions import (
    Basket,
    ConfirmedHow,
    Redemption,
    RedemptionLine,
    RedemptionReturn,
    RedemptionState,
    ReturnLine,
)
from timebank.redemption.models.signatures import DeskSignature
from timebank.redemption.models.transfers import ShelfTransfer

__all__ = [
    "Basket",
    "CarePackage",
    "Companion",
    "ConfirmedHow",
    "DayClosing",
    "DayCount",
    "Desk",
    "DeskIntention",
    "DeskSignature",
    "DeskStock",
    "GoodsBatch",
    "GoodsItem",
    "GoodsLimit",
    "GoodsPicture",
    "GoodsPrice",
    "GoodsReckoning",
    "IntendedHow",
    "IntentionState",
    "MoveKind",
    "PackagePurchase",
    "Redemption",
    "RedemptionLine",
    "RedemptionReturn",
    "RedemptionState",
    "RedemptionTake",
    "ReturnLine",
    "ShelfTransfer",
    "SourceKind",
    "StockMove",
]
