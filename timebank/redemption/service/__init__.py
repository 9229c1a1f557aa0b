"""The verbs of the desk."""

from timebank.redemption.service.baskets import empty_basket, put_in_basket
from timebank.redemption.service.care import redeem_for_care
from timebank.redemption.service.day_end import record_day_end, sign_day_end
from timebank.redemption.service.desks import close_desk, open_desk
from timebank.redemption.service.goods import add_item, change_item, set_limit, set_price
from timebank.redemption.service.intentions import (
    drop_intention,
    record_intention,
    retry_intention,
    take_up_intention,
)
from timebank.redemption.service.packages import add_package, buy_package, stop_package
from timebank.redemption.service.pictures import remove_picture, set_picture
from timebank.redemption.service.reckoning import reckon_all
from timebank.redemption.service.redeem import redeem
from timebank.redemption.service.returns import take_back
from timebank.redemption.service.second import approve_redemption, cancel_redemption, expire_waiting
from timebank.redemption.service.shelves import receive_goods, set_minimum, take_stock, write_off
from timebank.redemption.service.transfers import receive_sent, send_goods

__all__ = [
    "add_item",
    "add_package",
    "approve_redemption",
    "buy_package",
    "cancel_redemption",
    "change_item",
    "close_desk",
    "drop_intention",
    "empty_basket",
    "expire_waiting",
    "open_desk",
    "put_in_basket",
    "receive_goods",
    "receive_sent",
    "reckon_all",
    "record_day_end",
    "record_intention",
    "redeem",
    "redeem_for_care",
    "remove_picture",
    "retry_intention",
    "send_goods",
    "set_limit",
    "set_minimum",
    "set_picture",
    "set_price",
    "sign_day_end",
    "stop_package",
    "take_back",
    "take_stock",
    "take_up_intention",
    "write_off",
]
