"""Names of strategies, and where each is; imports none of them."""

from __future__ import annotations

from ptrnet_suite.runtime.registry import Registry

_HOME = "ptrnet_suite.training.strategies"

STRATEGIES: Registry[type] = Registry(
    "strategy",
    "ptrnet_suite.strategies",
    {
        "teacher_forcing": f"{_HOME}.teacher_forcing:TeacherForcing",
        "free_running": f"{_HOME}.free_running:FreeRunning",
        "scheduled_sampling": f"{_HOME}.scheduled_sampling:ScheduledSampling",
        "reinforce": f"{_HOME}.reinforce:Reinforce",
        "pomo": f"{_HOME}.pomo:Pomo",
        "self_critical": f"{_HOME}.self_critical:SelfCritical",
        "minimum_risk": f"{_HOME}.minimum_risk:MinimumRisk",
        "self_improvement": f"{_HOME}.self_improvement:SelfImprovement",
        "distillation": f"{_HOME}.distillation:Distillation",
    },
)
"""Name -> class: a dataclass whose fields are the values of a config's `strategy`."""
