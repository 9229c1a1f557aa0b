"""Notices about being a volunteer, grants and donations."""

from flask_babel import lazy_gettext as _l

from timebank.notices.texts import Text

TEXTS: dict[str, Text] = {
    "volunteer_submit": Text(
        _l("We received your application to help"),
        _l("Thank you! The service point looks at it first, then the platform. You need not do anything now."),
    ),
    "volunteer_site_review": Text(
        _l("The service point has checked your application"),
        _l("The platform looks at it next. We will tell you the result."),
    ),
    "volunteer_approve": Text(
        _l("Your application was approved"),
        _l("Your coordinator will invite you to the training. After it you can begin to help."),
    ),
    "volunteer_start": Text(
        _l("You are now an active volunteer"),
        _l("Requests that fit your free hours will be offered to you. Please keep your free hours up to date."),
    ),
    "volunteer_reject": Text(
        _l("Your application was not accepted"),
        _l("The reason: %(reason)s. You can ask your coordinator about it, and apply again."),
    ),
    "volunteer_suspend": Text(
        _l("Your volunteering is paused by the service point"),
        _l("The reason: %(reason)s. Your hours stay yours. Please talk to your coordinator."),
    ),
    "volunteer_lift": Text(
        _l("You can help again"),
        _l("The pause was lifted: %(reason)s. Welcome back!"),
    ),
    "volunteer_leave": Text(
        _l("You have stopped volunteering"),
        _l("Thank you for your help. Your hours stay on your account; you can still redeem or donate them."),
    ),
    "volunteer_bar": Text(
        _l("You may not volunteer until %(until)s"),
        _l("The reason: %(reason)s. You may object at the service point; somebody else will look at it again."),
    ),
    "grant_given": Text(
        _l("You received hours for this month"),
        _l("The city's fund gave you %(granted_minutes)s for %(month)s. Ask for help with them before the month ends."),
    ),
    "donation_thanks": Text(
        _l("Thank you for your gift"),
        _l("You gave %(donated_minutes)s to the community pot. It goes to neighbours who need help."),
    ),
}
