"""Menu entries of the desk."""

from flask_babel import lazy_gettext as _l

from timebank.core.web import MenuItem

MENU = [
    MenuItem("redemption.desks", _l("Desk"), "desk.serve", sort=20),
    MenuItem("redemption.stocks", _l("Stock"), "goods.manage", sort=62),
    MenuItem("redemption.goods", _l("Goods"), "goods.read", sort=64),
    MenuItem("redemption.packages", _l("Care packages"), "goods.read", sort=65),
    MenuItem("redemption.redemptions", _l("Receipts"), "redemptions.read", sort=66),
    MenuItem("redemption.my_goods", _l("What can I get?"), sort=30, face="portal"),
]
