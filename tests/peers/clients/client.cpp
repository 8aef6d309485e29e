// gSOAP with a client of wsdl2h and soapcpp2. Does each step with the services at the two addresses, and prints what
// it read, a fact a line.

#include <cstdlib>
#include <ctime>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "bndLeerlinggegevens.nsmap"
#include "soapbndLeerlinggegevensProxy.h"
#include "soapbndLeerresultatenProxy.h"

static std::string given(const char *name) {
    const char *value = std::getenv(name);
    return value ? value : "";
}

template <typename... Fact> static void tell(const std::string &name, const Fact &...fact) {
    std::cout << name;
    ((std::cout << '\t' << fact), ...);
    std::cout << '\n';
}

static std::string text(const std::string *value) { return value ? *value : ""; }

// Moments are a time_t: whole seconds, in UTC.
static time_t moment(const std::string &utc) {
    std::tm parts{};
    strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return timegm(&parts);
}

static void tell_error(const std::string &step, struct soap *soap) {
    const char *text = soap_fault_string(soap);
    tell(step + ".error", soap->error, text ? text : "");
}

// The header is sent with each call, and has to be set again before the next.
template <typename Proxy> static void sign(Proxy &proxy, _ns2__autorisatie &header, const char *which) {
    header.autorisatiesleutel = given(which);
    header.klantcode = given("KLANTCODE");
    header.klantnaam = given("KLANTNAAM");
    proxy.soap_header(&header);
}

template <typename Request> static void ask(Request &asked, std::string &brincode) {
    asked.schooljaar = given("SCHOOLJAAR");
    asked.brincode = &brincode;
    asked.xsdversie = "2.2";
}

// A repeated choice comes as runs of one kind.
static void tell_groups(const std::string &step, const ns1__GroepenType &groepen) {
    for (const auto &run : groepen.__union_GroepenType) {
        if (run.__union_GroepenType == SOAP_UNION__ns1__union_GroepenType_groep)
            for (const auto *one : *run.union_GroepenType.groep) tell(step + ".groep", one->key);
        else
            for (const auto *one : *run.union_GroepenType.samengestelde_USCOREgroep)
                tell(step + ".samengestelde_groep", one->key);
    }
}

// roepnaam stands in two branches of a choice, and so it is one of two members.
static void tell_pupils(const std::string &step, const ns1__LeerlingenType &leerlingen) {
    for (const auto *one : leerlingen.leerling) {
        bool named = one->__union_LeerlingType_ == SOAP_UNION__ns1__union_LeerlingType__achternaam;
        tell(step + ".leerling", one->key, text(one->roepnaam ? one->roepnaam : one->roepnaam_),
             named ? text(one->union_LeerlingType_.achternaam) : "", text(one->geboortedatum));
    }
}

static void tell_teachers(const std::string &step, const ns1__LeerkrachtenType &leerkrachten) {
    for (const auto *one : leerkrachten.leerkracht) tell(step + ".leerkracht", one->key);
}

static std::vector<std::string> keys(const ns1__GroepenType &groepen, int kind) {
    std::vector<std::string> found;
    for (const auto &run : groepen.__union_GroepenType) {
        if (run.__union_GroepenType != kind) continue;
        if (kind == SOAP_UNION__ns1__union_GroepenType_groep)
            for (const auto *one : *run.union_GroepenType.groep) found.push_back(one->key);
        else
            for (const auto *one : *run.union_GroepenType.samengestelde_USCOREgroep) found.push_back(one->key);
    }
    return found;
}

template <typename Reference> static std::vector<Reference> references(std::vector<std::string> &keys) {
    std::vector<Reference> made(keys.size());
    for (size_t i = 0; i < keys.size(); ++i) made[i].key = &keys[i];
    return made;
}

int main() {
    // Without SOAP_C_UTFSTRING every character outside ISO 8859-1 is lost.
    bndLeerlinggegevensProxy roster(SOAP_C_UTFSTRING);
    bndLeerresultatenProxy results(SOAP_C_UTFSTRING);
    std::string roster_url = given("LEERLINGGEGEVENS"), results_url = given("LEERRESULTATEN");
    roster.soap_endpoint = roster_url.c_str();
    results.soap_endpoint = results_url.c_str();
    std::string brincode = given("BRINCODE"), empty = given("LEGE_BRINCODE");
    _ns2__autorisatie header;

    auto fetch = [&](std::string &school, const char *key, time_t *since, _ns1__leerlinggegevens_USCOREantwoord &read) {
        _ns1__leerlinggegevens_USCOREverzoek asked;
        ask(asked, school);
        asked.laatstontvangengegevens = since;
        sign(roster, header, key);
        return roster.HaalLeerlinggegevens(&asked, read);
    };
    auto structure = [&](const char *key, _ns1__structuur_USCOREantwoord &read) {
        _ns1__structuur_USCOREverzoek asked;
        ask(asked, brincode);
        sign(roster, header, key);
        return roster.HaalStructuur(&asked, read);
    };
    auto tell_kind = [&](const std::string &step, std::string &school, time_t *since) {
        _ns1__leerlinggegevens_USCOREantwoord read;
        if (fetch(school, "AUTORISATIESLEUTEL", since, read)) return tell_error(step, roster.soap);
        const char *kinds[] = {"", "leerlinggegevens", "geenwijzigingen", "geengegevens"};
        tell(step, kinds[read.__union_leerlinggegevens_USCOREantwoord]);
    };

    [&](const std::string &step) {
        _ns1__leerlinggegevens_USCOREantwoord read;
        if (fetch(brincode, "AUTORISATIESLEUTEL", nullptr, read)) return tell_error(step, roster.soap);
        const auto *all = read.union_leerlinggegevens_USCOREantwoord.leerlinggegevens;
        tell_groups(step, *all->groepen);
        tell_pupils(step, *all->leerlingen);
        tell_teachers(step, *all->leerkrachten);
    }("geheel");

    [&](const std::string &step) {
        _ns1__structuur_USCOREantwoord structuur;
        if (structure("AUTORISATIESLEUTEL", structuur)) return tell_error(step, roster.soap);
        const auto &groepen = *structuur.union_structuur_USCOREantwoord.leerlinggegevens_structuur->groepen;
        tell_groups(step, groepen);
        auto groups = keys(groepen, SOAP_UNION__ns1__union_GroepenType_groep);
        auto mixed = keys(groepen, SOAP_UNION__ns1__union_GroepenType_samengestelde_USCOREgroep);

        _ns1__leerlingen_USCOREverzoek pupils;
        ask(pupils, brincode);
        auto leerlingen_groups = references<_ns1__leerlingen_USCOREverzoek_groepen_groep>(groups);
        auto leerlingen_mixed = references<_ns1__leerlingen_USCOREverzoek_groepen_samengestelde_USCOREgroep>(mixed);
        auto *leerlingen_groups_at = &leerlingen_groups;
        auto *leerlingen_mixed_at = &leerlingen_mixed;
        auto &leerlingen_of = pupils.groepen.__union_leerlingen_USCOREverzoek_groepen;
        leerlingen_of.resize(2);
        leerlingen_of[0].__union_leerlingen_USCOREverzoek_groepen =
            SOAP_UNION__ns1__union_leerlingen_USCOREverzoek_groepen_groep;
        leerlingen_of[0].union_leerlingen_USCOREverzoek_groepen.groep = &leerlingen_groups_at;
        leerlingen_of[1].__union_leerlingen_USCOREverzoek_groepen =
            SOAP_UNION__ns1__union_leerlingen_USCOREverzoek_groepen_samengestelde_USCOREgroep;
        leerlingen_of[1].union_leerlingen_USCOREverzoek_groepen.samengestelde_USCOREgroep = &leerlingen_mixed_at;
        sign(roster, header, "AUTORISATIESLEUTEL");
        _ns1__leerlingen_USCOREantwoord leerlingen;
        if (roster.HaalLeerlingen(&pupils, leerlingen)) return tell_error(step, roster.soap);
        tell_pupils(step, *leerlingen.union_leerlingen_USCOREantwoord.leerlinggegevens_leerlingen->leerlingen);

        _ns1__leerkrachten_USCOREverzoek teachers;
        ask(teachers, brincode);
        auto leerkrachten_groups = references<_ns1__leerkrachten_USCOREverzoek_groepen_groep>(groups);
        auto leerkrachten_mixed = references<_ns1__leerkrachten_USCOREverzoek_groepen_samengestelde_USCOREgroep>(mixed);
        auto *leerkrachten_groups_at = &leerkrachten_groups;
        auto *leerkrachten_mixed_at = &leerkrachten_mixed;
        auto &leerkrachten_of = teachers.groepen.__union_leerkrachten_USCOREverzoek_groepen;
        leerkrachten_of.resize(2);
        leerkrachten_of[0].__union_leerkrachten_USCOREverzoek_groepen =
            SOAP_UNION__ns1__union_leerkrachten_USCOREverzoek_groepen_groep;
        leerkrachten_of[0].union_leerkrachten_USCOREverzoek_groepen.groep = &leerkrachten_groups_at;
        leerkrachten_of[1].__union_leerkrachten_USCOREverzoek_groepen =
            SOAP_UNION__ns1__union_leerkrachten_USCOREverzoek_groepen_samengestelde_USCOREgroep;
        leerkrachten_of[1].union_leerkrachten_USCOREverzoek_groepen.samengestelde_USCOREgroep = &leerkrachten_mixed_at;
        sign(roster, header, "AUTORISATIESLEUTEL");
        _ns1__leerkrachten_USCOREantwoord leerkrachten;
        if (roster.HaalLeerkrachten(&teachers, leerkrachten)) return tell_error(step, roster.soap);
        tell_teachers(step, *leerkrachten.union_leerkrachten_USCOREantwoord.leerlinggegevens_leerkrachten->leerkrachten);
    }("getrapt");

    time_t since = moment(given("LAATST"));
    tell_kind("geenwijzigingen", brincode, &since);
    tell_kind("geengegevens", empty, nullptr);

    [&](const std::string &step) {
        _ns1__leerlinggegevens_USCOREantwoord read;
        if (fetch(brincode, "FOUTE_SLEUTEL", nullptr, read)) tell(step, *soap_faultcode(roster.soap));
    }("fault");

    [&](const std::string &step) {
        _ns1__structuur_USCOREantwoord read;
        if (structure("FOUTE_SLEUTEL", read)) tell(step, *soap_faultcode(roster.soap));
    }("fault_getrapt");

    [&](const std::string &step) {
        ns3__ctpSchool school;
        ask(school, brincode);
        school.aanmaakdatum = moment(given("AANMAAKDATUM"));
        ns3__ctpVocabulaireGebondenVeld code;
        code.__item = "T1";
        std::string name = "Rekenen";
        ns3__ctpToets toets;
        toets.toetscode = &code;
        toets.toetsnaam = &name;
        _ns3__leerresultaten_USCOREverzoek delivery;
        delivery.school = &school;
        delivery.toetsen.toets.push_back(&toets);
        std::istringstream leerlingen(given("LEERLINGEN"));
        std::string leerling;
        for (int score = 0; std::getline(leerlingen, leerling, ','); ++score) {
            auto *resultaat = soap_new_ns3__ctpResultaat(results.soap);
            resultaat->key = "r" + std::to_string(score);
            resultaat->afnamedatum = "2026-11-20";
            resultaat->toetscode = "T1";
            resultaat->__union_ctpResultaat = SOAP_UNION__ns3__union_ctpResultaat_score;
            resultaat->union_ctpResultaat.score = soap_new_std__string(results.soap);
            *resultaat->union_ctpResultaat.score = std::to_string(score);
            auto *afname = soap_new_ns3__ctpToetsafname(results.soap);
            afname->leerlingid = leerling;
            afname->resultaten.resultaat.push_back(resultaat);
            delivery.toetsafnames.toetsafname.push_back(afname);
        }
        sign(results, header, "AUTORISATIESLEUTEL");
        ns3__ctpLeeg confirmed;
        if (results.BrengLeerresultaten(&delivery, confirmed)) return tell_error(step, results.soap);
        tell(step, "bevestigd");
    }("resultaten");

    return 0;
}
