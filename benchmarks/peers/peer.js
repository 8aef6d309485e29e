// The package `soap` of node: makes its objects of an answer, or the request of its objects.
// Arguments: task, document, runs, WSDL. What the network would carry is handed over by an HTTP client of our own, so
// that only the package's own work is measured.

"use strict";

const fs = require("fs");
const soap = require("soap");

const [task, file, runs, wsdl] = process.argv.slice(2);
const LIST = new Set(["toetsafname", "resultaat", "toets"]);
const CONFIRMED =
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><leerresultaten_bevestiging ' +
    'xmlns="http://www.edustandaard.nl/leerresultaten/2/leerresultaten"/></e:Body></e:Envelope>';

const peak = () => 1024 * Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1]);

// The document is ours and plain: tags, texts and attributes are told apart by one expression.
const plain = (xml) => {
    const root = {};
    const open = [root];
    const texts = [""];
    for (const [, end, name, attributes, text] of xml.matchAll(/<(\/?)([\w:.-]+)([^<>]*)>([^<]*)/g)) {
        if (end) {
            const made = open.pop();
            const value = Object.keys(made).length ? made : texts.pop();
            if (value === made) texts.pop();
            const into = open[open.length - 1];
            if (LIST.has(name)) (into[name] ??= []).push(value);
            else into[name] = value;
        } else {
            const made = {};
            for (const [, key, found] of attributes.matchAll(/ (key)="([^"]*)"/g)) (made.attributes ??= {})[key] = found;
            open.push(made);
            texts.push(text);
        }
    }
    return root;
};

(async () => {
    const data = fs.readFileSync(file, "utf8");
    let size = Buffer.byteLength(data);
    let sent = "";
    const httpClient = {
        request(address, body, callback) {
            sent = body;
            callback(null, { statusCode: 200, headers: {} }, task === "read" ? data : CONFIRMED);
        },
    };
    const client = await soap.createClientAsync(wsdl, { httpClient, endpoint: "http://127.0.0.1/" });
    const school = { schooljaar: "2025-2026", brincode: "99XX", xsdversie: "2.2" };
    let run, count;
    if (task === "read") {
        run = async () => (await client.HaalLeerlinggegevensAsync(school))[0];
        count = (answer) => answer.leerlinggegevens.leerlingen.leerling.length;
    } else {
        const body = data.slice(data.indexOf("<soap:Body>") + 11, data.lastIndexOf("</soap:Body>"));
        const content = plain(body).leerresultaten_verzoek;
        run = () => client.BrengLeerresultatenAsync(content);
        count = () => sent.match(/<\/[^>]*toetsafname>/g).length;
    }
    const seconds = [];
    let items = 0;
    let grown = 0;
    for (let number = 0; number < Number(runs); number++) {
        fs.writeFileSync("/proc/self/clear_refs", "5");
        const before = peak();
        const start = process.hrtime.bigint();
        const result = await run();
        seconds.push(Number(process.hrtime.bigint() - start) / 1e9);
        if (number === 0) {
            grown = peak() - before;
            items = count(result);
        }
    }
    if (task !== "read") size = Buffer.byteLength(sent);
    console.log(JSON.stringify({ seconds, peak_bytes: Math.max(grown, 0), size, items }));
})().catch((error) => {
    console.error(error.stack);
    process.exitCode = 1;
});
