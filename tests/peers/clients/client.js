// The package `soap` of node. Does each step with what the WSDL at the two addresses tells, and prints what it read.

"use strict";

const soap = require("soap");

const AUTORISATIE = "http://www.edustandaard.nl/leerresultaten/2/autorisatie";
const given = process.env;

const tell = (...fact) => console.log(fact.join("\t"));

// Keys of groups and people are attributes, under `attributes`.
const key = (element) => element.attributes.key;

// A date comes as a Date at midnight UTC.
const day = (date) => (date instanceof Date ? date.toISOString().slice(0, 10) : date);

const tellGroups = (step, groepen) => {
    for (const groep of groepen.groep) tell(`${step}.groep`, key(groep));
    for (const groep of groepen.samengestelde_groep ?? []) tell(`${step}.samengestelde_groep`, key(groep));
};
const tellPupils = (step, leerlingen) => {
    for (const leerling of leerlingen.leerling)
        tell(`${step}.leerling`, key(leerling), leerling.roepnaam, leerling.achternaam, day(leerling.geboortedatum));
};
const tellTeachers = (step, leerkrachten) => {
    for (const leerkracht of leerkrachten.leerkracht) tell(`${step}.leerkracht`, key(leerkracht));
};

async function step(name, act) {
    try {
        await act(name);
    } catch (error) {
        tell(`${name}.error`, error.message);
    }
}

const sign = (client, sleutel) => {
    client.clearSoapHeaders();
    const autorisatie = { autorisatiesleutel: sleutel, klantcode: given.KLANTCODE, klantnaam: given.KLANTNAAM };
    client.addSoapHeader({ autorisatie }, "", "aut", AUTORISATIE);
};

(async () => {
    const roster = await soap.createClientAsync(`${given.LEERLINGGEGEVENS}?wsdl`);
    const results = await soap.createClientAsync(`${given.LEERRESULTATEN}?wsdl`);
    sign(roster, given.AUTORISATIESLEUTEL);
    sign(results, given.AUTORISATIESLEUTEL);
    const call = async (client, operation, message) => (await client[`${operation}Async`](message))[0];
    const school = { schooljaar: given.SCHOOLJAAR, brincode: given.BRINCODE, xsdversie: "2.2" };

    await step("geheel", async (name) => {
        const read = (await call(roster, "HaalLeerlinggegevens", school)).leerlinggegevens;
        tellGroups(name, read.groepen);
        tellPupils(name, read.leerlingen);
        tellTeachers(name, read.leerkrachten);
    });

    await step("getrapt", async (name) => {
        const structuur = (await call(roster, "HaalStructuur", school))["leerlinggegevens-structuur"];
        tellGroups(name, structuur.groepen);
        const keys = (groepen) => groepen.map((groep) => ({ attributes: { key: key(groep) } }));
        const { groep, samengestelde_groep: samengesteld } = structuur.groepen;
        const asked = { ...school, groepen: { groep: keys(groep), samengestelde_groep: keys(samengesteld) } };
        const leerlingen = (await call(roster, "HaalLeerlingen", asked))["leerlinggegevens-leerlingen"];
        tellPupils(name, leerlingen.leerlingen);
        const leerkrachten = (await call(roster, "HaalLeerkrachten", asked))["leerlinggegevens-leerkrachten"];
        tellTeachers(name, leerkrachten.leerkrachten);
    });

    await step("geenwijzigingen", async (name) => {
        const asked = { ...school, laatstontvangengegevens: given.LAATST };
        tell(name, ...Object.keys(await call(roster, "HaalLeerlinggegevens", asked)));
    });

    await step("geengegevens", async (name) => {
        const asked = { ...school, brincode: given.LEGE_BRINCODE };
        tell(name, ...Object.keys(await call(roster, "HaalLeerlinggegevens", asked)));
    });

    for (const [name, operation] of [
        ["fault", "HaalLeerlinggegevens"],
        ["fault_getrapt", "HaalStructuur"],
    ])
        await step(name, async () => {
            sign(roster, given.FOUTE_SLEUTEL);
            try {
                await call(roster, operation, school);
            } catch (error) {
                if (!error.root) throw error;
                tell(name, error.root.Envelope.Body.Fault.faultcode);
            } finally {
                sign(roster, given.AUTORISATIESLEUTEL);
            }
        });

    await step("resultaten", async (name) => {
        const afname = (leerling, score) => ({
            leerlingid: leerling,
            resultaten: {
                resultaat: [{ attributes: { key: `r${score}` }, afnamedatum: "2026-11-20", toetscode: "T1", score }],
            },
        });
        const { schooljaar, brincode, xsdversie } = school;
        await call(results, "BrengLeerresultaten", {
            school: { schooljaar, brincode, aanmaakdatum: given.AANMAAKDATUM, xsdversie },
            toetsafnames: { toetsafname: given.LEERLINGEN.split(",").map(afname) },
            toetsen: { toets: [{ toetscode: "T1", toetsnaam: "Rekenen" }] },
        });
        tell(name, "bevestigd");
    });
})().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
});
