"""Takes a calendar and a seed, gives the accounts of one honest person, firm or group; one file for each kind."""

from stillwatch.worlds.honest.app import App
from stillwatch.worlds.honest.benchmark import Benchmark
from stillwatch.worlds.honest.crowd import CarrierNat, SharedVpn, ViralCrowd
from stillwatch.worlds.honest.developer import Developer
from stillwatch.worlds.honest.migration import Migration
from stillwatch.worlds.honest.office import Office
from stillwatch.worlds.honest.person import Household, Person
from stillwatch.worlds.honest.reseller import Reseller
from stillwatch.worlds.honest.university import UniversityClass

__all__ = [
    "App",
    "Benchmark",
    "CarrierNat",
    "Developer",
    "Household",
    "Migration",
    "Office",
    "Person",
    "Reseller",
    "SharedVpn",
    "UniversityClass",
    "ViralCrowd",
]
