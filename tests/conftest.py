"""Loads the shared fixtures, and takes time limits out of the property tests: a busy machine makes no test red."""

from hypothesis import HealthCheck, settings

settings.register_profile("pawtui", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("pawtui")

pytest_plugins = ["tests.support.fixtures"]
