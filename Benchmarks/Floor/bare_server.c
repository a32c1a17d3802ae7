/* The floor of a push, a pull and a single edit: a server of nothing but system OpenSSL, zlib and SQLite, and its client, over loopback.
 *
 * TLS 1.3 with a certificate on both sides; batches of records (1,000 each), deflated by the client; the server inflates them, writes a row and
 * a log row for each record, commits with write-ahead log (moved into the file at 8,000 pages, as the server does) and synchronous=FULL, and
 * acknowledges the batch after the commit. The client sends on without waiting and is done with the last acknowledgement. A pull hands the
 * log rows back, which hold the deflated batch piece by piece; the client inflates it and writes row, log row and commit as the server did. An
 * edit is a batch of one record, over a connection that stays.
 * No signatures, no validation, no merging, no digests, no second client.
 *
 * The client times itself from connecting on; the records are made before. Prints names and values: seconds of the push, the handshake within
 * it, the pull, and the median of an edit; the server's processor seconds of the push; bytes sent and received by the client in the push.
 * Usage: bare_server FILE RECORDS [RECORDS-OF-A-BATCH] */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <netinet/tcp.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { MOST = 1000, ROOM = 1024, EDITS = 200 };

static int batch_records = MOST;

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

/* The rows and log rows of one end. */
struct store {
    sqlite3 *db;
    sqlite3_stmt *row, *log;
};

static struct store open_store(const char *file) {
    struct store store;
    check(sqlite3_open(file, &store.db), store.db);
    check(sqlite3_exec(store.db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8000;"
        "CREATE TABLE record(number INTEGER PRIMARY KEY, id BLOB UNIQUE, document BLOB);"
        "CREATE TABLE entry(position INTEGER PRIMARY KEY, content BLOB);", 0, 0, 0), store.db);
    check(sqlite3_prepare_v2(store.db, "INSERT INTO record(id, document) VALUES(?, ?)", -1, &store.row, 0), store.db);
    check(sqlite3_prepare_v2(store.db, "INSERT INTO entry(content) VALUES(?)", -1, &store.log, 0), store.db);
    return store;
}

/* A batch, inflated: 2 bytes of length and so many bytes a record, its first 16 the id. Its log rows hold the deflated batch, cut into as many
 * pieces as it has records. Durable when this returns. */
static void append(struct store *store, const unsigned char *plain, const unsigned char *deflated, size_t length, uint32_t count) {
    check(sqlite3_exec(store->db, "BEGIN IMMEDIATE", 0, 0, 0), store->db);
    for (uint32_t i = 0; i < count; i++) {
        uint16_t bytes;
        memcpy(&bytes, plain, 2);
        plain += 2;
        sqlite3_bind_blob(store->row, 1, plain, 16, SQLITE_STATIC);
        sqlite3_bind_blob(store->row, 2, plain, bytes, SQLITE_STATIC);
        check(sqlite3_step(store->row), store->db);
        sqlite3_reset(store->row);
        size_t from = length * i / count, to = length * (i + 1) / count;
        sqlite3_bind_blob(store->log, 1, deflated + from, (int)(to - from), SQLITE_STATIC);
        check(sqlite3_step(store->log), store->db);
        sqlite3_reset(store->log);
        plain += bytes;
    }
    check(sqlite3_exec(store->db, "COMMIT", 0, 0, 0), store->db);
}

/* What goes before a batch: its deflated bytes and its records. Before nothing: a wish for all batches, which ends with nothing. */
struct head { uint32_t bytes, records; };

static unsigned char *deflated, *plain;

static void inflate_batch(struct head head) {
    uLongf length = MOST * ROOM;
    if (uncompress(plain, &length, deflated, head.bytes) != Z_OK) fail("inflating");
}

static void hand_back(SSL *ssl, struct store *store) {
    sqlite3_stmt *read;
    check(sqlite3_prepare_v2(store->db, "SELECT content FROM entry ORDER BY position", -1, &read, 0), store->db);
    struct head head = { 0, 0 };
    int more;
    do {
        more = sqlite3_step(read) == SQLITE_ROW;
        if (more) {
            int bytes = sqlite3_column_bytes(read, 0);
            memcpy(deflated + head.bytes, sqlite3_column_blob(read, 0), bytes);
            head.bytes += bytes;
            head.records++;
        }
        if (head.records && (!more || head.records == (uint32_t)batch_records)) {
            write_all(ssl, &head, sizeof head);
            write_all(ssl, deflated, head.bytes);
            head = (struct head){ 0, 0 };
        }
    } while (more);
    write_all(ssl, &head, sizeof head);
    sqlite3_finalize(read);
}

static double processor_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* One connection after the other. Says in the pipe what each took of the processor. */
static void serve(int listener, SSL_CTX *context, const char *file, int said) {
    struct store store = open_store(file);
    int socket;
    while ((socket = accept(listener, NULL, NULL)) >= 0) {
        double before = processor_seconds();
        int on = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        SSL *ssl = SSL_new(context);
        SSL_set_fd(ssl, socket);
        if (SSL_accept(ssl) != 1) fail("accepting");
        struct head head;
        while (read_all(ssl, &head, sizeof head)) {
            if (head.records == 0) {
                hand_back(ssl, &store);
                continue;
            }
            if (head.bytes > MOST * ROOM || head.records > MOST || !read_all(ssl, deflated, head.bytes)) fail("a batch that is cut");
            inflate_batch(head);
            append(&store, plain, deflated, head.bytes, head.records);
            write_all(ssl, &head.records, sizeof head.records);
        }
        double took = processor_seconds() - before;
        if (write(said, &took, sizeof took) != sizeof took) fail("saying");
        SSL_free(ssl);
        close(socket);
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

/* About as many ordinary words as one of the benchmark's records holds; 584 bytes with its id. Ids rise with time, as a device's do: drawn at random each
 * would land on another page of the index, and the floor would write several times as much. */
static uint16_t record(unsigned char *into) {
    static uint64_t number = 0;
    static const char *words[] = { "order", "line", "shift", "planner", "furnace", "batch", "routing", "release", "material", "drawing", "night", "lead",
        "calls", "list", "private", "before", "after", "nobody", "signs", "invoice", "credit", "limit", "customer", "waits", "answer", "office", "keeps",
        "sheet", "drawer", "morning", "system", "yesterday", "stock", "count", "wrong", "three", "pallets", "supplier", "ships", "late", "without", "notice",
        "driver", "stands", "gate", "until", "somebody", "finds", "paper", "forms", "copied", "again", "mail", "group", "price", "approval", "takes", "days",
        "quality", "holds", "part", "scrap", "report", "monthly" };
    number++;
    for (int i = 0; i < 8; i++) into[i] = (unsigned char)(number >> (56 - 8 * i));
    uint64_t word = next();
    memcpy(into + 8, &word, 8);
    int place = 16;
    while (place < 584) place += snprintf((char *)into + place, 600 - place, "%s ", words[next() % 64]);
    return 584;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static SSL *dial(struct sockaddr_in address, SSL_CTX *context) {
    int connection = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(connection, (struct sockaddr *)&address, sizeof address)) fail("connecting");
    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, connection);
    if (SSL_connect(ssl) != 1) fail("the handshake");
    return ssl;
}

/* Waits until the server has said what the connection took of its processor. */
static double hang_up(SSL *ssl, int heard) {
    double took;
    SSL_shutdown(ssl);
    close(SSL_get_fd(ssl));
    SSL_free(ssl);
    if (read(heard, &took, sizeof took) != sizeof took) fail("the server did not end well");
    return took;
}

static void send_batch(SSL *ssl, const unsigned char *from, size_t bytes, int records) {
    uLongf length = MOST * ROOM;
    if (compress2(deflated, &length, from, bytes, 2) != Z_OK) fail("deflating");
    struct head head = { (uint32_t)length, (uint32_t)records };
    write_all(ssl, &head, sizeof head);
    write_all(ssl, deflated, length);
}

static uint32_t acknowledged(SSL *ssl) {
    uint32_t count;
    if (!read_all(ssl, &count, sizeof count)) fail("no acknowledgement");
    return count;
}

static int ascending(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

int main(int argc, char **argv) {
    if (argc != 3 && argc != 4) return 64;
    int records = atoi(argv[2]);
    if (argc == 4) batch_records = atoi(argv[3]);
    if (records < 1 || batch_records < 1 || batch_records > MOST) return 64;
    deflated = malloc(MOST * ROOM);
    plain = malloc(MOST * ROOM);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    if (!key) fail("no key");
    X509 *certificate = sign(key);
    int listener = socket(AF_INET, SOCK_STREAM, 0), ends[2];
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1) || getsockname(listener, (struct sockaddr *)&address, &size)) fail("no socket");
    if (pipe(ends)) fail("no pipe");
    pid_t server = fork();
    if (server < 0) fail("no process");
    if (server == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[0]);
        serve(listener, context(1, key, certificate), argv[1], ends[1]);
    }
    close(listener);
    close(ends[1]);

    int batches = (records + batch_records - 1) / batch_records;
    unsigned char **batch_plain = malloc(batches * sizeof *batch_plain);
    size_t *lengths = calloc(batches, sizeof *lengths);
    for (int i = 0; i < records; i++) {
        int batch = i / batch_records;
        if (i % batch_records == 0) batch_plain[batch] = malloc((size_t)batch_records * ROOM);
        uint16_t bytes = record(batch_plain[batch] + lengths[batch] + 2);
        memcpy(batch_plain[batch] + lengths[batch], &bytes, 2);
        lengths[batch] += 2 + bytes;
    }

    SSL_CTX *mine = context(0, key, certificate);
    double start = now();
    SSL *ssl = dial(address, mine);
    double handshake = now() - start;
    for (int batch = 0; batch < batches; batch++)
        send_batch(ssl, batch_plain[batch], lengths[batch], batch == batches - 1 ? records - batch * batch_records : batch_records);
    uint32_t count = 0;
    for (int batch = 0; batch < batches; batch++) count += acknowledged(ssl);
    double push = now() - start;
    if (count != (uint32_t)records) fail("not all were acknowledged");
    uint64_t sent = BIO_number_written(SSL_get_wbio(ssl)), received = BIO_number_read(SSL_get_rbio(ssl));
    double cpu = hang_up(ssl, ends[0]);

    char other[4096];
    snprintf(other, sizeof other, "%s-pulled", argv[1]);
    struct store store = open_store(other);
    start = now();
    ssl = dial(address, mine);
    struct head head = { 0, 0 };
    write_all(ssl, &head, sizeof head);
    count = 0;
    while (read_all(ssl, &head, sizeof head) && head.records) {
        if (head.bytes > MOST * ROOM || !read_all(ssl, deflated, head.bytes)) fail("a batch that is cut");
        inflate_batch(head);
        append(&store, plain, deflated, head.bytes, head.records);
        count += head.records;
    }
    double pull = now() - start;
    if (count != (uint32_t)records) fail("not all came back");
    double pull_cpu = hang_up(ssl, ends[0]);

    double edits[EDITS];
    ssl = dial(address, mine);
    for (int i = 0; i < EDITS; i++) {
        uint16_t bytes = record(plain + 2);
        memcpy(plain, &bytes, 2);
        start = now();
        send_batch(ssl, plain, 2 + bytes, 1);
        if (acknowledged(ssl) != 1) fail("an edit was not acknowledged");
        edits[i] = now() - start;
    }
    hang_up(ssl, ends[0]);
    qsort(edits, EDITS, sizeof *edits, ascending);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    printf("push %.6f handshake %.6f cpu %.6f sent %llu received %llu pull %.6f pullCpu %.6f edit %.6f\n", push, handshake, cpu, (unsigned long long)sent,
        (unsigned long long)received, pull, pull_cpu, edits[EDITS / 2]);
    return 0;
}
