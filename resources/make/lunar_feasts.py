#!/usr/bin/env python3
"""Computes the `table` rows of resources/lexicons/holidays.tsv: feasts that hang on the moon or the equinox.

    python3 resources/make/lunar_feasts.py [FIRST LAST]

Prints one row a feast. Moments of new and full moon and of the sun's longitude follow Jean Meeus,
Astronomical Algorithms (2nd edition), chapters 49 and 25: exact to about two minutes. Where a moment falls
that close to midnight or sunset, and where countries differ, a feast may be kept a day earlier or later.

- Chinese calendar (China Standard Time): month 11 holds the winter solstice; the first of thirteen months
  without a principal term is a leap month.
- Diwali: the evening (India) of the new moon while the sun stands in sidereal Libra.
- Vesak: the first full moon in May (India). Holi: the day after the evening of the full moon of Phalguna.
- Nowruz: the day of the March equinox in Tehran, the day after where it falls after noon.
"""

import math
import sys

SYNODIC = 29.530588861


def julian_day(year, month, day):
    if month <= 2:
        year, month = year - 1, month + 12
    century = year // 100
    return math.floor(365.25 * (year + 4716)) + math.floor(30.6001 * (month + 1)) + day + 2 - century + century // 4 - 1524.5


def civil(number):
    """Year, month and day of the civil day whose noon is the Julian day `number`."""
    alpha = math.floor((number - 1867216.25) / 36524.25)
    b = number + 1 + alpha - alpha // 4 + 1524
    c = math.floor((b - 122.1) / 365.25)
    d = math.floor(365.25 * c)
    e = math.floor((b - d) / 30.6001)
    month = e - 1 if e < 14 else e - 13
    return (c - 4716 if month > 2 else c - 4715), month, b - d - math.floor(30.6001 * e)


def iso(number):
    return "%04d-%02d-%02d" % civil(number)


def delta_t(year):
    """Seconds between Dynamical and Universal Time (Espenak and Meeus)."""
    t = year - 2000
    if year < 1961:
        t = year - 1950
        return 29.07 + 0.407 * t - t * t / 233 + t**3 / 2547
    if year < 1986:
        t = year - 1975
        return 45.45 + 1.067 * t - t * t / 260 - t**3 / 718
    if year < 2005:
        return 63.86 + 0.3345 * t - 0.060374 * t * t + 0.0017275 * t**3 + 0.000651814 * t**4 + 0.00002373599 * t**5
    return 62.92 + 0.32217 * t + 0.005589 * t * t


def phase(k):
    """The moment of new moon `k` (of full moon where `k` ends in a half), and the moon's anomaly then."""
    t = k / 1236.85
    rad = math.radians
    moment = 2451550.09766 + SYNODIC * k + 0.00015437 * t * t - 0.00000015 * t**3
    e = 1 - 0.002516 * t - 0.0000074 * t * t
    sun = rad(2.5534 + 29.10535670 * k - 0.0000014 * t * t)
    moon = rad(201.5643 + 385.81693528 * k + 0.0107582 * t * t)
    f = rad(160.7108 + 390.67050284 * k - 0.0016118 * t * t)
    node = rad(124.7746 - 1.56375588 * k + 0.0020672 * t * t)
    if k == math.floor(k):
        first = (-0.40720, 0.17241, 0.01608, 0.01039, 0.00739, -0.00514, 0.00208)
    else:
        first = (-0.40614, 0.17302, 0.01614, 0.01043, 0.00734, -0.00515, 0.00209)
    angles = (moon, sun, 2 * moon, 2 * f, moon - sun, moon + sun, 2 * sun)
    powers = (1, e, 1, 1, e, e, e * e)
    moment += sum(a * p * math.sin(x) for a, p, x in zip(first, powers, angles))
    rest = (
        (-0.00111, moon - 2 * f), (-0.00057, moon + 2 * f), (0.00056 * e, 2 * moon + sun), (-0.00042, 3 * moon),
        (0.00042 * e, sun + 2 * f), (0.00038 * e, sun - 2 * f), (-0.00024 * e, 2 * moon - sun), (-0.00017, node),
        (-0.00007, moon + 2 * sun), (0.00004, 2 * moon - 2 * f), (0.00004, 3 * sun), (0.00003, moon + sun - 2 * f),
        (0.00003, 2 * moon + 2 * f), (-0.00003, moon + sun + 2 * f), (0.00003, moon - sun + 2 * f),
        (-0.00002, moon - sun - 2 * f), (-0.00002, 3 * moon + sun), (0.00002, 4 * moon),
    )
    moment += sum(a * math.sin(x) for a, x in rest)
    planets = (
        (299.77 + 0.107408 * k, 325), (251.88 + 0.016321 * k, 165), (251.83 + 26.651886 * k, 164),
        (349.42 + 36.412478 * k, 126), (84.66 + 18.206239 * k, 110), (141.74 + 53.303771 * k, 62),
        (207.14 + 2.453732 * k, 60), (154.84 + 7.306860 * k, 56), (34.52 + 27.261239 * k, 47),
        (207.19 + 0.121824 * k, 42), (291.34 + 1.844379 * k, 40), (161.72 + 24.198154 * k, 37),
        (239.56 + 25.513099 * k, 35), (331.55 + 3.592518 * k, 23),
    )
    return moment + sum(a * 1e-6 * math.sin(rad(x)) for x, a in planets), moon


def sun_longitude(moment):
    t = (moment - 2451545) / 36525
    rad = math.radians
    mean = 280.46646 + 36000.76983 * t + 0.0003032 * t * t
    anomaly = rad(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (1.914602 - 0.004817 * t) * math.sin(anomaly)
    centre += (0.019993 - 0.000101 * t) * math.sin(2 * anomaly) + 0.000289 * math.sin(3 * anomaly)
    return (mean + centre - 0.00569 - 0.00478 * math.sin(rad(125.04 - 1934.136 * t))) % 360


def sun_at(year, degrees):
    """The moment of `year` at which the sun reaches a longitude."""
    moment = julian_day(year, 1, 1) + ((degrees - 280) % 360) * 365.2422 / 360
    for _ in range(6):
        moment += ((degrees - sun_longitude(moment) + 180) % 360 - 180) * 365.2422 / 360
    return moment


def local(moment, year, zone):
    """A moment in local time, so that its day is its floor (the noon of that day)."""
    return moment - delta_t(year) / 86400 + zone / 24 + 0.5


def moons(year, zone, half):
    first = math.floor((year - 2000) * 12.3685) - 3
    return [(local(m, year, zone), moon) for m, moon in (phase(first + n + half) for n in range(22))]


def chinese_months(year):
    """First days of the months of the Chinese year that begins in `year`, by number."""

    def new_days(*years):
        return sorted({math.floor(m) for y in years for m, _ in moons(y, 8, 0)})

    def eleventh(y):
        solstice = math.floor(local(sun_at(y, 270), y, 8))
        return max(day for day in new_days(y, y + 1) if day <= solstice)

    def months_after(y):
        first, last = eleventh(y), eleventh(y + 1)
        days = [day for day in new_days(y, y + 1) if first <= day <= last]
        leap = None
        if len(days) == 14:
            terms = [math.floor(local(sun_at(z, g), z, 8)) for z in (y, y + 1) for g in range(0, 360, 30)]
            leap = next(n for n in range(13) if not any(days[n] <= term < days[n + 1] for term in terms))
        number, months = 11, {}
        for n in range(len(days) - 1):
            if n != leap:
                months[number] = days[n]
                number = number % 12 + 1
        return months

    return months_after(year - 1)


def evening(moment, moon, sunset):
    """The day at whose sunset the last tithi before a phase runs; where it spans none, the day it ends."""
    # Twelve degrees, which the moon runs through faster near the earth.
    begins = moment - 12 / (12.19 + 1.45 * math.cos(moon))
    days = range(math.floor(begins), math.floor(moment) + 1)
    return next((day for day in days if begins <= day + sunset <= moment), math.floor(moment))


def diwali(year):
    days = [evening(moment, moon, 17.75 / 24) for moment, moon in moons(year, 5.5, 0)]
    return next(day for day in days if (year, 10, 17) <= civil(day) <= (year, 11, 15))


def vesak(year):
    return min(math.floor(m) for m, _ in moons(year, 5.5, 0.5) if civil(math.floor(m))[:2] == (year, 5))


def holi(year):
    days = [evening(moment, moon, 18.4 / 24) + 1 for moment, moon in moons(year, 5.5, 0.5)]
    return next(day for day in days if (year, 2, 28) <= civil(day) <= (year, 3, 30))


def nowruz(year):
    moment = local(sun_at(year, 0), year, 3.5)
    return math.floor(moment) + (1 if moment % 1 >= 0.5 else 0)


FEASTS = (
    ("chinese new year|lunar new year|spring festival|tet", lambda year: chinese_months(year)[1]),
    ("dragon boat festival", lambda year: chinese_months(year)[5] + 4),
    ("mid-autumn festival|moon festival", lambda year: chinese_months(year)[8] + 14),
    ("diwali|deepavali", diwali),
    ("holi", holi),
    ("nowruz|norouz|nowroz|newroz|persian new year", nowruz),
    ("vesak|wesak|buddha day", vesak),
)


def main():
    first, last = (int(a) for a in sys.argv[1:3]) if len(sys.argv) > 2 else (1970, 2050)
    for names, rule in FEASTS:
        print(names + "\ttable " + " ".join(iso(rule(year)) for year in range(first, last + 1)) + "\tCapital")


if __name__ == "__main__":
    main()
