import java.math.BigInteger;
import java.net.URL;
import java.util.List;
import java.util.Map;
import javax.xml.bind.JAXBElement;
import javax.xml.datatype.DatatypeFactory;
import javax.xml.datatype.XMLGregorianCalendar;
import javax.xml.ws.soap.SOAPFaultException;
import nl.edustandaard.leerresultaten._2.autorisatie.Autorisatie;
import nl.edustandaard.leerresultaten._2.leerlinggegevens.*;
import nl.edustandaard.leerresultaten._2.leerresultaten.CtpResultaat;
import nl.edustandaard.leerresultaten._2.leerresultaten.CtpSchool;
import nl.edustandaard.leerresultaten._2.leerresultaten.CtpToets;
import nl.edustandaard.leerresultaten._2.leerresultaten.CtpToetsafname;
import nl.edustandaard.leerresultaten._2.leerresultaten.LeerresultatenService;
import nl.edustandaard.leerresultaten._2.leerresultaten.LeerresultatenVerzoek;
import nl.edustandaard.leerresultaten._2.leerresultaten.PrtLeerresultaten;

/** JAX-WS with classes of wsimport. Does each step with the services at the two addresses, and prints what it read. */
public final class Client {
    private static final Map<String, String> GIVEN = System.getenv();

    private final PrtLeerlinggegevens roster;
    private final PrtGetrapt staged;
    private final PrtLeerresultaten results;

    private interface Step {
        void run(String name) throws Exception;
    }

    private Client() throws Exception {
        LeerlinggegevensService service = new LeerlinggegevensService(new URL(GIVEN.get("LEERLINGGEGEVENS") + "?wsdl"));
        roster = service.getPrtLeerlinggegevensService();
        staged = service.getPrtLeerlinggegevensServiceGetrapt();
        results = new LeerresultatenService(new URL(GIVEN.get("LEERRESULTATEN") + "?wsdl"))
                .getPrtLeerresultatenService();
    }

    public static void main(String[] arguments) throws Exception {
        Client client = new Client();
        step("geheel", client::geheel);
        step("getrapt", client::getrapt);
        step("geenwijzigingen", client::geenwijzigingen);
        step("geengegevens", client::geengegevens);
        step("fault", name -> refused(name, () -> client.fetch(GIVEN.get("BRINCODE"), null, "FOUTE_SLEUTEL")));
        step("fault_getrapt", name -> refused(name, () -> client.structure("FOUTE_SLEUTEL")));
        step("resultaten", client::resultaten);
    }

    private static void step(String name, Step step) {
        try {
            step.run(name);
        } catch (Exception error) {
            tell(name + ".error", error.toString().replaceAll("\\s+", " "));
        }
    }

    private static void tell(String... fact) {
        System.out.println(String.join("\t", fact));
    }

    private static Autorisatie signed(String which) {
        Autorisatie autorisatie = new Autorisatie();
        autorisatie.setAutorisatiesleutel(GIVEN.get(which));
        autorisatie.setKlantcode(GIVEN.get("KLANTCODE"));
        autorisatie.setKlantnaam(GIVEN.get("KLANTNAAM"));
        return autorisatie;
    }

    private static XMLGregorianCalendar moment(String text) throws Exception {
        return DatatypeFactory.newInstance().newXMLGregorianCalendar(text);
    }

    /** A person comes as a list of elements, because the schema has roepnaam in two branches of a choice. */
    private static String field(List<JAXBElement<?>> content, String name) {
        for (JAXBElement<?> element : content) {
            if (element.getName().getLocalPart().equals(name)) {
                return String.valueOf(element.getValue());
            }
        }
        return "";
    }

    private static void tellGroups(String step, GroepenType groepen) {
        for (Object groep : groepen.getGroepOrSamengesteldeGroep()) {
            if (groep instanceof GroepType) {
                tell(step + ".groep", ((GroepType) groep).getKey());
            } else {
                tell(step + ".samengestelde_groep", ((SamengesteldeGroepType) groep).getKey());
            }
        }
    }

    private static void tellPupils(String step, LeerlingenType leerlingen) {
        for (LeerlingType leerling : leerlingen.getLeerling()) {
            List<JAXBElement<?>> content = leerling.getContent();
            tell(step + ".leerling", leerling.getKey(), field(content, "roepnaam"), field(content, "achternaam"),
                    field(content, "geboortedatum"));
        }
    }

    private static void tellTeachers(String step, LeerkrachtenType leerkrachten) {
        for (LeerkrachtType leerkracht : leerkrachten.getLeerkracht()) {
            tell(step + ".leerkracht", leerkracht.getKey());
        }
    }

    private LeerlinggegevensAntwoord fetch(String brincode, String since, String key) throws Exception {
        LeerlinggegevensVerzoek asked = new LeerlinggegevensVerzoek();
        asked.setSchooljaar(GIVEN.get("SCHOOLJAAR"));
        asked.setBrincode(brincode);
        asked.setXsdversie("2.2");
        if (since != null) {
            asked.setLaatstontvangengegevens(moment(since));
        }
        return roster.haalLeerlinggegevens(asked, signed(key));
    }

    private GroepenType structure(String key) throws Exception {
        StructuurVerzoek asked = new StructuurVerzoek();
        asked.setSchooljaar(GIVEN.get("SCHOOLJAAR"));
        asked.setBrincode(GIVEN.get("BRINCODE"));
        asked.setXsdversie("2.2");
        return staged.haalStructuur(asked, signed(key)).getLeerlinggegevensStructuur().getGroepen();
    }

    private void geheel(String step) throws Exception {
        Leerlinggegevens read = fetch(GIVEN.get("BRINCODE"), null, "AUTORISATIESLEUTEL").getLeerlinggegevens();
        tellGroups(step, read.getGroepen());
        tellPupils(step, read.getLeerlingen());
        tellTeachers(step, read.getLeerkrachten());
    }

    private void getrapt(String step) throws Exception {
        GroepenType groepen = structure("AUTORISATIESLEUTEL");
        tellGroups(step, groepen);
        LeerlingenVerzoek.Groepen keys = new LeerlingenVerzoek.Groepen();
        for (Object groep : groepen.getGroepOrSamengesteldeGroep()) {
            if (groep instanceof GroepType) {
                LeerlingenVerzoek.Groepen.Groep key = new LeerlingenVerzoek.Groepen.Groep();
                key.setKey(((GroepType) groep).getKey());
                keys.getGroepOrSamengesteldeGroep().add(key);
            } else {
                LeerlingenVerzoek.Groepen.SamengesteldeGroep key = new LeerlingenVerzoek.Groepen.SamengesteldeGroep();
                key.setKey(((SamengesteldeGroepType) groep).getKey());
                keys.getGroepOrSamengesteldeGroep().add(key);
            }
        }
        LeerlingenVerzoek pupils = new LeerlingenVerzoek();
        pupils.setSchooljaar(GIVEN.get("SCHOOLJAAR"));
        pupils.setBrincode(GIVEN.get("BRINCODE"));
        pupils.setXsdversie("2.2");
        pupils.setGroepen(keys);
        tellPupils(step, staged.haalLeerlingen(pupils, signed("AUTORISATIESLEUTEL"))
                .getLeerlinggegevensLeerlingen().getLeerlingen());
        LeerkrachtenVerzoek teachers = new LeerkrachtenVerzoek();
        teachers.setSchooljaar(GIVEN.get("SCHOOLJAAR"));
        teachers.setBrincode(GIVEN.get("BRINCODE"));
        teachers.setXsdversie("2.2");
        teachers.setGroepen(keys);
        tellTeachers(step, staged.haalLeerkrachten(teachers, signed("AUTORISATIESLEUTEL"))
                .getLeerlinggegevensLeerkrachten().getLeerkrachten());
    }

    private static void tellKind(String step, LeerlinggegevensAntwoord read) {
        if (read.getLeerlinggegevens() != null) {
            tell(step, "leerlinggegevens");
        }
        if (read.getGeenwijzigingen() != null) {
            tell(step, "geenwijzigingen");
        }
        if (read.getGeengegevens() != null) {
            tell(step, "geengegevens");
        }
    }

    private void geenwijzigingen(String step) throws Exception {
        tellKind(step, fetch(GIVEN.get("BRINCODE"), GIVEN.get("LAATST"), "AUTORISATIESLEUTEL"));
    }

    private void geengegevens(String step) throws Exception {
        tellKind(step, fetch(GIVEN.get("LEGE_BRINCODE"), null, "AUTORISATIESLEUTEL"));
    }

    private interface Call {
        Object run() throws Exception;
    }

    private static void refused(String step, Call call) throws Exception {
        try {
            call.run();
        } catch (SOAPFaultException fault) {
            tell(step, fault.getFault().getFaultCode());
        }
    }

    private void resultaten(String step) throws Exception {
        CtpSchool school = new CtpSchool();
        school.setSchooljaar(GIVEN.get("SCHOOLJAAR"));
        school.setBrincode(GIVEN.get("BRINCODE"));
        school.setAanmaakdatum(moment(GIVEN.get("AANMAAKDATUM")));
        school.setXsdversie("2.2");
        LeerresultatenVerzoek.Toetsafnames afnames = new LeerresultatenVerzoek.Toetsafnames();
        int score = 0;
        for (String leerling : GIVEN.get("LEERLINGEN").split(",")) {
            CtpResultaat resultaat = new CtpResultaat();
            resultaat.setKey("r" + score);
            resultaat.setAfnamedatum(moment("2026-11-20"));
            resultaat.setToetscode("T1");
            resultaat.setScore(BigInteger.valueOf(score++));
            CtpToetsafname afname = new CtpToetsafname();
            afname.setLeerlingid(leerling);
            afname.setResultaten(new CtpToetsafname.Resultaten());
            afname.getResultaten().getResultaat().add(resultaat);
            afnames.getToetsafname().add(afname);
        }
        nl.edustandaard.leerresultaten._2.leerresultaten.CtpVocabulaireGebondenVeld code =
                new nl.edustandaard.leerresultaten._2.leerresultaten.CtpVocabulaireGebondenVeld();
        code.setValue("T1");
        CtpToets toets = new CtpToets();
        toets.setToetscode(code);
        toets.setToetsnaam("Rekenen");
        LeerresultatenVerzoek delivery = new LeerresultatenVerzoek();
        delivery.setSchool(school);
        delivery.setToetsafnames(afnames);
        delivery.setToetsen(new LeerresultatenVerzoek.Toetsen());
        delivery.getToetsen().getToets().add(toets);
        results.brengLeerresultaten(delivery, signed("AUTORISATIESLEUTEL"));
        tell(step, "bevestigd");
    }
}
