"""The best plan of a day or a week, with its proof.

1. `plan` returns in the time given with the best plan found and a proven bound on the objective of any plan.
2. Every hard rule of formats.md §3 is kept; the checker (timebank.matching.checker) says so without using this code.
3. Same instance, same seed, time enough to finish: same plan.  Only time that ran out may change it (`finished`).
4. Loading this package loads neither numpy, numba nor HiGHS: that happens when somebody plans.
"""

from timebank.matching.planner.api import (
    KEEP_ALL,
    MOVE_ALL,
    Infeasible,
    Progress,
    check,
    explain,
    plan,
    plan_week,
    replan,
)

__all__ = ["KEEP_ALL", "MOVE_ALL", "Infeasible", "Progress", "check", "explain", "plan", "plan_week", "replan"]
