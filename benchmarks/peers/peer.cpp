// gSOAP with the readers and writers of soapcpp2. Arguments: task, document, runs.

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>

#include "bndLeerlinggegevens.nsmap"
#include "soapH.h"

// The document in memory, in the place of a socket.
static const std::string *document;
static size_t position;
static std::string written;

static size_t receive(struct soap *, char *buffer, size_t most) {
    size_t count = std::min(most, document->size() - position);
    std::memcpy(buffer, document->data() + position, count);
    position += count;
    return count;
}

static int send(struct soap *, const char *data, size_t count) {
    written.append(data, count);
    return SOAP_OK;
}

static long peak() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmHWM:", 0) == 0) return 1024 * std::atol(line.c_str() + 6);
    return 0;
}

template <typename Message> static void read(struct soap *soap, Message &message, const char *tag) {
    position = 0;
    message.soap_default(soap);
    if (soap_begin_recv(soap) || soap_envelope_begin_in(soap) || soap_recv_header(soap) || soap_body_begin_in(soap) ||
        !message.soap_get(soap, tag, nullptr) || soap_body_end_in(soap) || soap_envelope_end_in(soap) ||
        soap_end_recv(soap)) {
        soap_print_fault(soap, stderr);
        std::exit(1);
    }
}

template <typename Message> static void write(struct soap *soap, const Message &message, const char *tag) {
    written.clear();
    soap->header = nullptr;
    soap_serializeheader(soap);
    message.soap_serialize(soap);
    if (soap_begin_send(soap) || soap_envelope_begin_out(soap) || soap_putheader(soap) || soap_body_begin_out(soap) ||
        message.soap_put(soap, tag, "") || soap_body_end_out(soap) || soap_envelope_end_out(soap) ||
        soap_end_send(soap)) {
        soap_print_fault(soap, stderr);
        std::exit(1);
    }
}

static size_t count(const _ns1__leerlinggegevens_USCOREantwoord &answer) {
    return answer.union_leerlinggegevens_USCOREantwoord.leerlinggegevens->leerlingen->leerling.size();
}

static size_t count(const _ns3__leerresultaten_USCOREverzoek &request) {
    return request.toetsafnames.toetsafname.size();
}

template <typename Message> static int measure(struct soap *soap, const char *tag, bool writes, int runs) {
    Message ready;
    if (writes) read(soap, ready, tag);
    std::ostringstream seconds;
    size_t items = 0;
    long grown = 0;
    for (int number = 0; number < runs; number++) {
        std::ofstream("/proc/self/clear_refs") << "5";
        long before = peak();
        auto start = std::chrono::steady_clock::now();
        Message message;
        if (writes)
            write(soap, ready, tag);
        else
            read(soap, message, tag);
        std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        seconds << (number ? ", " : "") << taken.count();
        if (number == 0) {
            grown = std::max(peak() - before, 0L);
            items = count(writes ? ready : message);
        }
        if (!writes) {
            soap_destroy(soap);
            soap_end(soap);
        }
    }
    std::cout << "{\"seconds\": [" << seconds.str() << "], \"peak_bytes\": " << grown
              << ", \"size\": " << (writes ? written.size() : document->size()) << ", \"items\": " << items << "}\n";
    return 0;
}

int main(int, char **given) {
    std::ifstream file(given[2], std::ios::binary);
    const std::string data((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    document = &data;
    struct soap *soap = soap_new1(SOAP_C_UTFSTRING);
    soap_set_namespaces(soap, namespaces);
    soap->frecv = receive;
    soap->fsend = send;
    const bool writes = std::string(given[1]) == "write";
    const int runs = std::atoi(given[3]);
    if (data.find("leerresultaten_verzoek") != std::string::npos)
        return measure<_ns3__leerresultaten_USCOREverzoek>(soap, "ns3:leerresultaten_verzoek", writes, runs);
    return measure<_ns1__leerlinggegevens_USCOREantwoord>(soap, "ns1:leerlinggegevens_antwoord", writes, runs);
}
