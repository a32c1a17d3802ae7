/* The floor of a push: a server of nothing but system OpenSSL, zlib and SQLite, and its client, over loopback.
 *
 * TLS 1.3 with a certificate on both sides; batches of 1,000 records, deflated by the client; the server inflates them, writes a row and a
 * log row for each record, commits with write-ahead log and synchronous=FULL, and acknowledges the batch after the commit. The client sends
 * on without waiting and is done with the last acknowledgement. No signatures, no validation, no merging, no digests, no second client.
 *
 * The client times itself from connecting on; the records are made before. Prints seconds, the server's processor seconds, and bytes sent and
 * received by the client. Usage: bare_server FILE RECORDS */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <netinet/tcp.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { BATCH = 1000, ROOM = 1024 };

static void fail(const char *what) {
    fprintf(stderr, "bare_server: %s\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

/* One key and one certificate that both sides show and trust. */
static SSL_CTX *context(int is_server, EVP_PKEY *key, X509 *certificate) {
    SSL_CTX *context = SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method());
    if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION)) fail("no context");
    if (SSL_CTX_use_certificate(context, certificate) != 1 || SSL_CTX_use_PrivateKey(context, key) != 1) fail("no certificate");
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_num_tickets(context, 0);
    return context;
}

static X509 *sign(EVP_PKEY *key) {
    X509 *certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"floor", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    if (!X509_sign(certificate, key, EVP_sha256())) fail("no signature");
    return certificate;
}

static void write_all(SSL *ssl, const void *bytes, size_t count) {
    size_t done = 0;
    if (count && SSL_write_ex(ssl, bytes, count, &done) != 1) fail("writing");
}

static int read_all(SSL *ssl, void *bytes, size_t count) {
    size_t place = 0, got;
    while (place < count) {
        if (SSL_read_ex(ssl, (char *)bytes + place, count - place, &got) != 1) return 0;
        place += got;
    }
    return 1;
}

static void check(int code, sqlite3 *db) {
    if (code != SQLITE_OK && code != SQLITE_DONE) fail(sqlite3_errmsg(db));
}

/* Each batch: 4 bytes of deflated length, 4 of records; inflated it is 2 bytes of length and so many bytes a record, its first 16 the id. */
static void serve(int listener, SSL_CTX *context, const char *file) {
    sqlite3 *db;
    check(sqlite3_open(file, &db), db);
    check(sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE record(number INTEGER PRIMARY KEY, id BLOB UNIQUE, document BLOB);"
        "CREATE TABLE entry(position INTEGER PRIMARY KEY, content BLOB);", 0, 0, 0), db);
    sqlite3_stmt *row, *log;
    check(sqlite3_prepare_v2(db, "INSERT INTO record(id, document) VALUES(?, ?)", -1, &row, 0), db);
    check(sqlite3_prepare_v2(db, "INSERT INTO entry(content) VALUES(?)", -1, &log, 0), db);
    int socket = accept(listener, NULL, NULL);
    int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, socket);
    if (SSL_accept(ssl) != 1) fail("accepting");
    unsigned char *deflated = malloc(BATCH * ROOM), *plain = malloc(BATCH * ROOM);
    uint32_t head[2];
    while (read_all(ssl, head, sizeof head)) {
        if (head[0] > BATCH * ROOM || head[1] > BATCH || !read_all(ssl, deflated, head[0])) fail("a batch that is cut");
        uLongf length = BATCH * ROOM;
        if (uncompress(plain, &length, deflated, head[0]) != Z_OK) fail("inflating");
        check(sqlite3_exec(db, "BEGIN IMMEDIATE", 0, 0, 0), db);
        unsigned char *place = plain;
        for (uint32_t i = 0; i < head[1]; i++) {
            uint16_t bytes;
            memcpy(&bytes, place, 2);
            place += 2;
            sqlite3_bind_blob(row, 1, place, 16, SQLITE_STATIC);
            sqlite3_bind_blob(row, 2, place, bytes, SQLITE_STATIC);
            check(sqlite3_step(row), db);
            sqlite3_reset(row);
            sqlite3_bind_blob(log, 1, place, bytes < 165 ? bytes : 165, SQLITE_STATIC);
            check(sqlite3_step(log), db);
            sqlite3_reset(log);
            place += bytes;
        }
        check(sqlite3_exec(db, "COMMIT", 0, 0, 0), db);
        write_all(ssl, &head[1], sizeof head[1]);
    }
    exit(0);
}

static uint64_t state = 7;
static uint64_t next(void) {
    uint64_t mixed = state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

/* About as many ordinary words as one of the benchmark's records holds; 584 bytes with its id. */
static uint16_t record(unsigned char *into) {
    static const char *words[] = { "order", "line", "shift", "planner", "furnace", "batch", "routing", "release", "material", "drawing", "night", "lead",
        "calls", "list", "private", "before", "after", "nobody", "signs", "invoice", "credit", "limit", "customer", "waits", "answer", "office", "keeps",
        "sheet", "drawer", "morning", "system", "yesterday", "stock", "count", "wrong", "three", "pallets", "supplier", "ships", "late", "without", "notice",
        "driver", "stands", "gate", "until", "somebody", "finds", "paper", "forms", "copied", "again", "mail", "group", "price", "approval", "takes", "days",
        "quality", "holds", "part", "scrap", "report", "monthly" };
    for (int i = 0; i < 16; i += 8) { uint64_t word = next(); memcpy(into + i, &word, 8); }
    int place = 16;
    while (place < 584) place += snprintf((char *)into + place, 600 - place, "%s ", words[next() % 64]);
    return 584;
}

int main(int argc, char **argv) {
    if (argc != 3) return 64;
    int records = atoi(argv[2]);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    if (!key) fail("no key");
    X509 *certificate = sign(key);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1) || getsockname(listener, (struct sockaddr *)&address, &size)) fail("no socket");
    pid_t server = fork();
    if (server < 0) fail("no process");
    if (server == 0) serve(listener, context(1, key, certificate), argv[1]);

    int batches = (records + BATCH - 1) / BATCH;
    unsigned char **plain = malloc(batches * sizeof *plain), *deflated = malloc(BATCH * ROOM);
    size_t *lengths = calloc(batches, sizeof *lengths);
    for (int i = 0; i < records; i++) {
        int batch = i / BATCH;
        if (i % BATCH == 0) plain[batch] = malloc(BATCH * ROOM);
        uint16_t bytes = record(plain[batch] + lengths[batch] + 2);
        memcpy(plain[batch] + lengths[batch], &bytes, 2);
        lengths[batch] += 2 + bytes;
    }
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    int connection = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(connection, (struct sockaddr *)&address, size)) fail("connecting");
    SSL *ssl = SSL_new(context(0, key, certificate));
    SSL_set_fd(ssl, connection);
    if (SSL_connect(ssl) != 1) fail("the handshake");
    for (int batch = 0; batch < batches; batch++) {
        uLongf length = BATCH * ROOM;
        if (compress2(deflated, &length, plain[batch], lengths[batch], 2) != Z_OK) fail("deflating");
        uint32_t head[2] = { (uint32_t)length, (uint32_t)(batch == batches - 1 ? records - batch * BATCH : BATCH) };
        write_all(ssl, head, sizeof head);
        write_all(ssl, deflated, length);
    }
    int acknowledged = 0;
    for (int batch = 0; batch < batches; batch++) {
        uint32_t count;
        if (!read_all(ssl, &count, sizeof count)) fail("no acknowledgement");
        acknowledged += (int)count;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    if (acknowledged != records) fail("not all were acknowledged");
    uint64_t sent = BIO_number_written(SSL_get_wbio(ssl)), received = BIO_number_read(SSL_get_rbio(ssl));
    SSL_shutdown(ssl);
    close(connection);
    int status;
    struct rusage usage;
    if (wait4(server, &status, 0, &usage) != server || !WIFEXITED(status) || WEXITSTATUS(status) != 0) fail("the server did not end well");
    double cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("%.6f %.6f %llu %llu\n", (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9, cpu, (unsigned long long)sent, (unsigned long long)received);
    return 0;
}
