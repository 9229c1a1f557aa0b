"""What the exchange hears from the domains below it (see `core.hooks`)."""

from timebank.exchange import (
    listeners_closing,
    listeners_netting,
    listeners_schemes,
    listeners_visits,
    listeners_volunteers,
)

__all__ = ["listeners_closing", "listeners_netting", "listeners_schemes", "listeners_visits", "listeners_volunteers"]
