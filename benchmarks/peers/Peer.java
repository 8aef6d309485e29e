import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import javax.xml.XMLConstants;
import javax.xml.bind.JAXBContext;
import javax.xml.bind.Marshaller;
import javax.xml.bind.Unmarshaller;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamReader;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.ws.BindingProvider;
import nl.edustandaard.leerresultaten._2.autorisatie.Autorisatie;
import nl.edustandaard.leerresultaten._2.leerlinggegevens.LeerlingType;
import nl.edustandaard.leerresultaten._2.leerlinggegevens.Leerlinggegevens;
import nl.edustandaard.leerresultaten._2.leerlinggegevens.LeerlinggegevensAntwoord;
import nl.edustandaard.leerresultaten._2.leerlinggegevens.LeerlinggegevensService;
import nl.edustandaard.leerresultaten._2.leerlinggegevens.LeerlinggegevensVerzoek;
import nl.edustandaard.leerresultaten._2.leerlinggegevens.PrtLeerlinggegevens;
import nl.edustandaard.leerresultaten._2.leerresultaten.CtpToetsafname;
import nl.edustandaard.leerresultaten._2.leerresultaten.LeerresultatenVerzoek;

/**
 * JAXB and JAX-WS with classes of wsimport. Arguments: task, document, runs, and what the task needs besides: a schema
 * for `validate`, the addresses of a WSDL and of a server that answers with the document for `call`.
 */
public final class Peer {
    /** After so much time no run is started any more: a machine that is slow here is warm by then. */
    private static final long ENOUGH = 20_000_000_000L;

    private static final Path STATUS = Paths.get("/proc/self/status");
    private static final XMLInputFactory FACTORY = XMLInputFactory.newInstance();

    private static long peak() throws Exception {
        for (String line : Files.readAllLines(STATUS))
            if (line.startsWith("VmHWM:")) return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        throw new IllegalStateException("no VmHWM");
    }

    /** A reader that stands on the start tag of the message in the envelope. */
    private static XMLStreamReader message(InputStream in) throws Exception {
        XMLStreamReader reader = FACTORY.createXMLStreamReader(in);
        while (!reader.isStartElement() || reader.getNamespaceURI().equals("http://schemas.xmlsoap.org/soap/envelope/"))
            reader.next();
        return reader;
    }

    private static int count(Object message) {
        if (message instanceof Integer) return (Integer) message;
        if (message instanceof LeerlinggegevensAntwoord) message = ((LeerlinggegevensAntwoord) message).getLeerlinggegevens();
        if (message instanceof Leerlinggegevens) return ((Leerlinggegevens) message).getLeerlingen().getLeerling().size();
        return ((LeerresultatenVerzoek) message).getToetsafnames().getToetsafname().size();
    }

    /** One pupil or toetsafname after the other, each forgotten at once. */
    private static int stream(JAXBContext context, File file) throws Exception {
        Unmarshaller unmarshaller = context.createUnmarshaller();
        int found = 0;
        try (InputStream in = Files.newInputStream(file.toPath())) {
            XMLStreamReader reader = message(in);
            boolean pupils = reader.getLocalName().equals("leerlinggegevens_antwoord");
            Class<?> item = pupils ? LeerlingType.class : CtpToetsafname.class;
            while (reader.hasNext()) {
                if (reader.isStartElement() && reader.getLocalName().equals(pupils ? "leerling" : "toetsafname")) {
                    unmarshaller.unmarshal(reader, item);
                    found++;
                } else {
                    reader.next();
                }
            }
        }
        return found;
    }

    private static PrtLeerlinggegevens port(String wsdl, String address) throws Exception {
        PrtLeerlinggegevens port = new LeerlinggegevensService(new URL(wsdl)).getPrtLeerlinggegevensService();
        ((BindingProvider) port).getRequestContext().put(BindingProvider.ENDPOINT_ADDRESS_PROPERTY, address);
        return port;
    }

    public static void main(String[] given) throws Exception {
        String task = given[0];
        File file = new File(given[1]);
        int runs = Integer.parseInt(given[2]);
        JAXBContext context = JAXBContext.newInstance(LeerlinggegevensAntwoord.class, LeerresultatenVerzoek.class);
        byte[] data = task.equals("stream") || task.equals("call") ? null : Files.readAllBytes(file.toPath());
        long[] size = {file.length()};
        Callable<Object> run;
        switch (task) {
            case "read":
            case "validate":
                Schema schema = task.equals("read") ? null
                        : SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI).newSchema(new File(given[3]));
                run = () -> {
                    Unmarshaller unmarshaller = context.createUnmarshaller();
                    unmarshaller.setSchema(schema);
                    return unmarshaller.unmarshal(message(new ByteArrayInputStream(data)));
                };
                break;
            case "stream":
                run = () -> stream(context, file);
                break;
            case "call":
                PrtLeerlinggegevens port = port(given[3], given[4]);
                LeerlinggegevensVerzoek asked = new LeerlinggegevensVerzoek();
                asked.setSchooljaar("2025-2026");
                asked.setBrincode("99XX");
                asked.setXsdversie("2.2");
                Autorisatie header = new Autorisatie();
                header.setAutorisatiesleutel("sleutel");
                header.setKlantcode("code");
                header.setKlantnaam("naam");
                run = () -> port.haalLeerlinggegevens(asked, header);
                break;
            default:
                Object ready = context.createUnmarshaller().unmarshal(message(new ByteArrayInputStream(data)));
                run = () -> {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    Marshaller marshaller = context.createMarshaller();
                    marshaller.setProperty(Marshaller.JAXB_FRAGMENT, true);
                    out.write("<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body>"
                            .getBytes(StandardCharsets.UTF_8));
                    marshaller.marshal(ready, out);
                    out.write("</Body></Envelope>".getBytes(StandardCharsets.UTF_8));
                    size[0] = out.size();
                    return ready;
                };
        }
        StringJoiner seconds = new StringJoiner(", ", "[", "]");
        long grown = 0;
        int items = 0;
        long began = System.nanoTime();
        for (int number = 0; number < runs && (number == 0 || System.nanoTime() - began < ENOUGH); number++) {
            Files.write(Paths.get("/proc/self/clear_refs"), "5".getBytes());
            long before = peak();
            long start = System.nanoTime();
            Object result = run.call();
            seconds.add(String.valueOf((System.nanoTime() - start) / 1e9));
            if (number == 0) {
                grown = Math.max(peak() - before, 0);
                items = count(result);
            }
        }
        System.out.printf("{\"seconds\": %s, \"peak_bytes\": %d, \"size\": %d, \"items\": %d}%n",
                seconds, grown, size[0], items);
        System.exit(0);
    }
}
