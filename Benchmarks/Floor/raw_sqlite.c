/* The floor: what SQLite alone takes for the same rows on this disk. One row and one log row for each record, write-ahead log
 * (moved into the file at 8,000 pages, as the server does), synchronous=FULL, a commit for each batch (1,000), prepared statements. No network,
 * no cryptography, no merging. Then the same once more with each row replaced. Prints names and seconds. Usage: raw_sqlite FILE RECORDS BYTES [RECORDS-OF-A-BATCH] */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void check(int code, sqlite3 *db) {
    if (code != SQLITE_OK && code != SQLITE_DONE) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

/* Writes every row by `row`, which takes an id and a document, and a log row beside it. Returns seconds. */
static double write_rows(sqlite3 *db, sqlite3_stmt *row, sqlite3_stmt *log, const char *document, int bytes, int records, int batch) {
    double start = now();
    for (int i = 0; i < records; i++) {
        if (i % batch == 0) check(sqlite3_exec(db, "BEGIN IMMEDIATE", 0, 0, 0), db);
        unsigned char id[16] = {0};
        for (int b = 0; b < 8; b++) id[b] = (unsigned char)((unsigned long long)i >> (56 - 8 * b));
        sqlite3_bind_blob(row, 1, id, 16, SQLITE_STATIC);
        sqlite3_bind_blob(row, 2, document, bytes, SQLITE_STATIC);
        check(sqlite3_step(row), db);
        sqlite3_reset(row);
        sqlite3_bind_blob(log, 1, document, bytes < 165 ? bytes : 165, SQLITE_STATIC);
        check(sqlite3_step(log), db);
        sqlite3_reset(log);
        if ((i + 1) % batch == 0 || i == records - 1) check(sqlite3_exec(db, "COMMIT", 0, 0, 0), db);
    }
    return now() - start;
}

int main(int argc, char **argv) {
    if (argc != 4 && argc != 5) return 64;
    int records = atoi(argv[2]), bytes = atoi(argv[3]), batch = argc == 5 ? atoi(argv[4]) : 1000;
    if (records < 1 || bytes < 1 || batch < 1) return 64;
    char *document = malloc(bytes), *other = malloc(bytes);
    memset(document, 'x', bytes);
    memset(other, 'y', bytes);
    sqlite3 *db;
    check(sqlite3_open(argv[1], &db), db);
    check(sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8000;"
        "CREATE TABLE record(number INTEGER PRIMARY KEY, id BLOB UNIQUE, document BLOB);"
        "CREATE TABLE entry(position INTEGER PRIMARY KEY, content BLOB);", 0, 0, 0), db);
    sqlite3_stmt *row, *update, *log;
    check(sqlite3_prepare_v2(db, "INSERT INTO record(id, document) VALUES(?, ?)", -1, &row, 0), db);
    check(sqlite3_prepare_v2(db, "UPDATE record SET document = ?2 WHERE id = ?1", -1, &update, 0), db);
    check(sqlite3_prepare_v2(db, "INSERT INTO entry(content) VALUES(?)", -1, &log, 0), db);
    double insert = write_rows(db, row, log, document, bytes, records, batch);
    printf("insert %.6f update %.6f\n", insert, write_rows(db, update, log, other, bytes, records, batch));
    sqlite3_finalize(row);
    sqlite3_finalize(update);
    sqlite3_finalize(log);
    sqlite3_close(db);
    return 0;
}
