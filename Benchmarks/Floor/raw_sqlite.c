/* The floor: what SQLite alone takes for the same rows on this disk. One row and one log row for each record, write-ahead log,
 * synchronous=FULL, a commit for each batch of 1,000, prepared statements. No network, no cryptography, no merging.
 * Prints seconds. Usage: raw_sqlite FILE RECORDS BYTES */
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

int main(int argc, char **argv) {
    if (argc != 4) return 64;
    int records = atoi(argv[2]), bytes = atoi(argv[3]);
    char *document = malloc(bytes);
    memset(document, 'x', bytes);
    sqlite3 *db;
    check(sqlite3_open(argv[1], &db), db);
    check(sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE record(number INTEGER PRIMARY KEY, id BLOB UNIQUE, document BLOB);"
        "CREATE TABLE entry(position INTEGER PRIMARY KEY, content BLOB);", 0, 0, 0), db);
    sqlite3_stmt *row, *log;
    check(sqlite3_prepare_v2(db, "INSERT INTO record(id, document) VALUES(?, ?)", -1, &row, 0), db);
    check(sqlite3_prepare_v2(db, "INSERT INTO entry(content) VALUES(?)", -1, &log, 0), db);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < records; i++) {
        if (i % 1000 == 0) check(sqlite3_exec(db, "BEGIN IMMEDIATE", 0, 0, 0), db);
        unsigned char id[16] = {0};
        for (int b = 0; b < 8; b++) id[b] = (unsigned char)((unsigned long long)i >> (56 - 8 * b));
        sqlite3_bind_blob(row, 1, id, 16, SQLITE_STATIC);
        sqlite3_bind_blob(row, 2, document, bytes, SQLITE_STATIC);
        check(sqlite3_step(row), db);
        sqlite3_reset(row);
        sqlite3_bind_blob(log, 1, document, 165, SQLITE_STATIC);
        check(sqlite3_step(log), db);
        sqlite3_reset(log);
        if (i % 1000 == 999 || i == records - 1) check(sqlite3_exec(db, "COMMIT", 0, 0, 0), db);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.6f\n", (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9);
    sqlite3_finalize(row);
    sqlite3_finalize(log);
    sqlite3_close(db);
    return 0;
}
