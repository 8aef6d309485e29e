"""Code lists of the standard, with their Dutch meaning.

Source: EDEXML.types.vast.xsd and EDEXML.types.variabel.xsd of UWLR 2.2 (20170515).
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final


class Jaargroep(StrEnum):
    """Year group of a pupil or a group. EDEXJaargroepType."""

    BABY = "B"
    DREUMES = "D"
    PEUTER = "0"
    GROEP_1 = "1"
    GROEP_2 = "2"
    GROEP_3 = "3"
    GROEP_4 = "4"
    GROEP_5 = "5"
    GROEP_6 = "6"
    GROEP_7 = "7"
    GROEP_8 = "8"
    VO_1 = "11"
    VO_2 = "12"
    VO_3 = "13"
    VO_4 = "14"
    VO_5 = "15"
    VO_6 = "16"
    SPECIAAL = "S"
    VOORTGEZET_SPECIAAL = "V"
    COMBINATIE = "C"
    NIET_PO_VO = "N"
    HISTORISCH = "H"

    @property
    def omschrijving(self) -> str:
        """Meaning in Dutch."""
        return JAARGROEPEN[self.value]


class Rol(StrEnum):
    """Role of a member of staff. EDEXLeerkrachtRolType."""

    ADJ = "ADJ"
    ADM = "ADM"
    CON = "CON"
    DIR = "DIR"
    ICT = "ICT"
    IB = "IB"
    KLA = "KLA"
    LRK = "LRK"
    LOS = "LOS"
    LOC = "LOC"
    OWA = "OWA"
    OUD = "OUD"
    RT = "RT"
    SMW = "SMW"
    STA = "STA"
    VAK = "VAK"

    @property
    def omschrijving(self) -> str:
        """Meaning in Dutch."""
        return ROLLEN[self.value]


class Geslacht(IntEnum):
    """Gender. EDEXGeslachtType."""

    ONBEKEND = 0
    MAN = 1
    VROUW = 2
    NIET_GESPECIFICEERD = 9


JAARGROEPEN: Final = {
    "B": "Baby's leeftijd 0 tot 12 maanden",
    "D": "Dreumesen leeftijd 1 tot 2 jaar",
    "0": "Peutergroep leeftijd 3 tot 4 jaar / Kleuterklas 1 (Vlaanderen)",
    "1": "Groep 1 / Vierjaringen / Kleuterklas 2 (Vlaanderen)",
    "2": "Groep 2 / Vijfjarigen / Kleuterklas 3 (Vlaanderen)",
    "3": "Groep 3 / Basisonderwijs leerjaar 1 (Vlaanderen)",
    "4": "Groep 4 /Basisonderwijs leerjaar 2 (Vlaanderen)",
    "5": "Groep 5 / Basisonderwijs leerjaar 3 (Vlaanderen)",
    "6": "Groep 6 / Basisonderwijs leerjaar 4 (Vlaanderen)",
    "7": "Groep 7 / Basisonderwijs leerjaar 5 (Vlaanderen)",
    "8": "Groep 8 / Basisonderwijs leerjaar 6 (Vlaanderen)",
    "11": "Voortgezet onderwijs leerjaar 1 / Secundair onderwijs leerjaar 1 (Vlaanderen)",
    "12": "Voortgezet onderwijs leerjaar 2 / Secundair onderwijs leerjaar 2 (Vlaanderen)",
    "13": "Voortgezet onderwijs leerjaar 3 / Secundair onderwijs leerjaar 3 (Vlaanderen)",
    "14": "Voortgezet onderwijs leerjaar 4 / Secundair onderwijs leerjaar 4 (Vlaanderen)",
    "15": "Voortgezet onderwijs leerjaar 5 / Secundair onderwijs leerjaar 5 (Vlaanderen)",
    "16": "Voortgezet onderwijs leerjaar 6 / Secundair onderwijs leerjaar 6 (Vlaanderen)",
    "S": "S(B)O (speciaal (basis)onderwijs / BuO (buitengewoon kleuter/lager onderwijs, Vlaanderen)",
    "V": "VSO (voortgezet speciaal onderwijs) / BuSO (buitengewoon secundair onderwijs, Vlaanderen)",
    "C": "Combinatiegroep (jaargroep per leerling vastgelegd)",
    "N": "Niet PO / VO",
    "H": "Historisch",
}
"""EDEXJaargroepType: code and meaning."""

ROLLEN: Final = {
    "ADJ": "Adjunctdirecteur",
    "ADM": "Administratief medewerk(st)er",
    "CON": "Conciërge",
    "DIR": "Directeur / Schoolleider",
    "ICT": "ICT-coördinator",
    "IB": "Interne begeleider",
    "KLA": "Klassenassistent (SBO)",
    "LRK": "Leerkracht / Groepsleraar",
    "LOS": "Lerarenondersteuner",
    "LOC": "Locatieleider",
    "OWA": "Onderwijsassistent (BO)",
    "OUD": "Ouder",
    "RT": "Remedial teacher",
    "SMW": "Schoolmaatschappelijk werk(st)er",
    "STA": "Stagiair(e)",
    "VAK": "Vakleerkracht (bijv. voor gymnastiek, muziek of handvaardigheid)",
}
"""EDEXLeerkrachtRolType: code and meaning."""

ETNICITEITEN: Final = {
    "9": "Onbekend",
    "0": "Autochtoon",
    "1": "Allochtoon",
}
"""EDEXEtniciteitType: code and meaning."""

GEWICHTEN_NIEUW: Final = {
    "?": "Onbekend (?)",
    "0": "Leerlingen van wie één ouder een hogere opleiding heeft dan bij 0.3 en 1.2",
    "0,3": "Leerlingen van ouders/verzorger met max.lbo/vbo",
    "1,2": "Leerlingen van wie één ouder max. basisonderwijs en de andere ouder max. lbo/vbo heeft",
}
"""EDEXLrlGewichtNieuwType: code and meaning."""

GEWICHTEN: Final = {
    "?": "Onbekend (?)",
    "0.00": "Nagenoeg alle leerlingen die niet in onderstaande categorieën vallen",
    "0.25": "Leerlingen waarvan de autochtone ouders maximaal VBO hebben genoten",
    "0.40": "Schipperskinderen",
    "0.70": "Kinderen uit de reizende en trekkende bevolkingsgroepen",
    "0.90": "Leerlingen waarvan de allochtone ouders maximaal VBO hebben genoten",
}
"""EDEXLrlGewichtType: code and meaning."""

LANDEN: Final = {
    "?": "Onbekend (?)",
    "NL": "Nederland",
    "AF": "Afghanistan",
    "AX": "Åland eilanden",
    "AL": "Albanië",
    "DZ": "Algerije",
    "VI": "Am. Maagdeneilanden",
    "AS": "Amerikaans Samoa",
    "AD": "Andorra",
    "AO": "Angola",
    "AI": "Anguilla",
    "AQ": "Antarctica",
    "AG": "Antigua en Barbuda",
    "AR": "Argentinië",
    "AM": "Armenië",
    "AW": "Aruba",
    "AU": "Australië",
    "AZ": "Azerbeidzjan",
    "BS": "Bahamas",
    "BH": "Bahrein",
    "BD": "Bangladesh",
    "BB": "Barbados",
    "BE": "België",
    "BZ": "Belize",
    "BJ": "Benin",
    "BM": "Bermuda",
    "BT": "Bhutan",
    "MM": "Birma",
    "BF": "Burkina Faso",
    "BI": "Burundi",
    "BO": "Bolivia",
    "BA": "Bosnië en Herzegovina",
    "BW": "Botswana",
    "BR": "Brazilië",
    "VG": "Britse Maagdeneilanden",
    "BN": "Brunei",
    "BG": "Bulgarije",
    "KH": "Cambodja",
    "CA": "Canada",
    "CF": "Centraal-Afrikaanse Republiek",
    "CL": "Chili",
    "CN": "China",
    "CX": "Christmaseiland",
    "CC": "Cocoseilanden",
    "CO": "Colombia",
    "CG": "Congo-Brazzaville",
    "CD": "Congo-Kinshasa",
    "CK": "Cookeilanden",
    "CR": "Costa Rica",
    "CU": "Cuba",
    "CY": "Cyprus",
    "DK": "Denemarken",
    "DJ": "Djibouti",
    "DM": "Dominica",
    "DO": "Dominicaanse Republiek",
    "DE": "Duitsland",
    "EC": "Ecuador",
    "EG": "Egypte",
    "SV": "El Salvador",
    "GB": "Engeland en Noord-Ierland",
    "GQ": "Equatoriaal-Guinea",
    "ER": "Eritrea",
    "EE": "Estland",
    "ET": "Ethiopië",
    "FO": "Faeröer",
    "FK": "Falklandeilanden",
    "FJ": "Fiji Eilanden",
    "PH": "Filipijnen",
    "FI": "Finland",
    "FR": "Frankrijk",
    "GF": "Frans-Guyana",
    "PF": "Frans-Polynesië",
    "FX": "Franse Overzeese Gebieden",
    "TF": "Franse Zuidelijke Gebieden",
    "GA": "Gabon",
    "GM": "Gambia",
    "GZ": "Gazastrook",
    "GE": "Georgië",
    "GH": "Ghana",
    "GI": "Gibraltar",
    "GD": "Grenada",
    "GR": "Griekenland",
    "GL": "Groenland",
    "GP": "Guadeloupe",
    "GU": "Guam",
    "GT": "Guatemala",
    "GN": "Guinee",
    "GW": "Guinee-Bissau",
    "GY": "Guyana",
    "HT": "Haïti",
    "HN": "Honduras",
    "HK": "Hongkong",
    "HM": "Heard en McDonaldeilanden",
    "HU": "Hongarije",
    "IE": "Ierland",
    "IS": "Ijsland",
    "IN": "India",
    "ID": "Indonesië",
    "IQ": "Irak",
    "IR": "Iran",
    "IL": "Israël",
    "IT": "Italië",
    "CI": "Ivoorkust",
    "JM": "Jamaica",
    "JP": "Japan",
    "YE": "Jemen",
    "YO": "Joegoslavië",
    "JH": "Johore",
    "JO": "Jordanië",
    "KY": "Kaaimaneilanden",
    "CV": "Kaapverdië",
    "CM": "Kameroen",
    "JE": "Jersey (Kanaaleilanden)",
    "QA": "Qatar",
    "KZ": "Kazachstan",
    "KE": "Kenia",
    "KG": "Kirgizië",
    "KI": "Kiribati",
    "KW": "Koeweit",
    "KM": "Comoren",
    "HR": "Kroatië",
    "LA": "Laos",
    "LS": "Lesotho",
    "LV": "Letland",
    "LB": "Libanon",
    "LR": "Liberia",
    "LY": "Libië",
    "LI": "Liechtenstein",
    "LT": "Litouwen",
    "LU": "Luxemburg",
    "MO": "Macau",
    "MK": "Macedonië",
    "MG": "Madagaskar",
    "MW": "Malawi",
    "MV": "Malediven",
    "MY": "Maleisië",
    "ML": "Mali",
    "MT": "Malta",
    "IM": "Eiland Man",
    "MA": "Marokko",
    "MH": "Marshalleilanden",
    "MQ": "Martinique",
    "MR": "Mauretanië",
    "MU": "Mauritius",
    "YT": "Mayotte",
    "MX": "Mexico",
    "FM": "Micronesië",
    "MD": "Moldavië",
    "MC": "Monaco",
    "MN": "Mongolië",
    "MS": "Montserrat",
    "MZ": "Mozambique",
    "NA": "Namibië",
    "NR": "Nauru",
    "AN": "Nederlandse Antillen",
    "NP": "Nepal",
    "NI": "Nicaragua",
    "NC": "Nieuw-Caledonië",
    "NZ": "Nieuw-Zeeland",
    "NE": "Niger",
    "NG": "Nigeria",
    "NU": "Niue",
    "KP": "Noord-Korea",
    "MP": "Noordelijke Marianen",
    "NO": "Noorwegen",
    "NF": "Norfolk eiland",
    "UA": "Oekraïne",
    "UZ": "Oezbekistan",
    "OK": "Okinawa",
    "OM": "Oman",
    "AT": "Oostenrijk",
    "TL": "Oost-Timor",
    "PK": "Pakistan",
    "PW": "Palau",
    "PS": "Palestijnse Autoriteit",
    "PA": "Panama",
    "PG": "Papoea-Nieuw-Guinea",
    "PY": "Paraguay",
    "PE": "Peru",
    "PN": "Pitcairneilanden",
    "PL": "Polen",
    "PR": "Puerto Rico",
    "PT": "Portugal",
    "RE": "Réunion",
    "RW": "Rwanda",
    "RO": "Roemenië",
    "RU": "Rusland",
    "SM": "San Marino",
    "ST": "Sao Tomé en Principe",
    "SA": "Saoedi-Arabië",
    "SN": "Senegal",
    "CS": "Servië en Montenegro",
    "RS": "Servië",
    "ME": "Montenegro",
    "SC": "Seychellen",
    "SL": "Sierra Leone",
    "SG": "Singapore",
    "SH": "Sint-Helena",
    "SI": "Slovenië",
    "SK": "Slowakije",
    "SD": "Soedan",
    "SB": "Salomonseilanden",
    "SO": "Somalië",
    "ES": "Spanje",
    "SJ": "Spitsbergen en Jan Mayen",
    "LK": "Sri-Lanka",
    "KN": "Saint Kitts en Nevis",
    "LC": "Saint Lucia",
    "PM": "Saint-Pierre en Miquelon",
    "VC": "Saint Vincent en de Grenadines",
    "SR": "Suriname",
    "SZ": "Swaziland",
    "SY": "Syrië",
    "TJ": "Tadzjikistan",
    "TW": "Taiwan",
    "TZ": "Tanzania",
    "TH": "Thailand",
    "TB": "Tibet",
    "TM": "Turkmenistan",
    "TG": "Togo",
    "TK": "Tokelau-eilanden",
    "TO": "Tonga",
    "TT": "Trinidad en Tobago",
    "TD": "Tsjaad",
    "CZ": "Tsjechië",
    "TN": "Tunesië",
    "TR": "Turkije",
    "TC": "Turks- en Caicoseilanden",
    "TV": "Tuvalu",
    "UG": "Uganda",
    "UY": "Uruguay",
    "VU": "Vanuatu",
    "VA": "Vaticaanstad",
    "VE": "Venezuela",
    "AE": "Verenigde Arabische Emiraten",
    "US": "Verenigde Staten",
    "VN": "Vietnam",
    "WF": "Wallis en Futuna",
    "EH": "Westelijke Sahara",
    "WS": "Samoa",
    "BY": "Wit-Rusland",
    "ZM": "Zambia",
    "ZW": "Zimbabwe",
    "ZA": "Zuid-Afrika",
    "KR": "Zuid-Korea",
    "GS": "Zuid-Georgia en Zuidelijke Sandwicheilanden",
    "SE": "Zweden",
    "CH": "Zwitserland",
}
"""EDEXLandType: code and meaning."""
