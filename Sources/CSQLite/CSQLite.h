#pragma once

// Declared and not included: GRDB brings the header, and what two modules include belongs to one of them.
int sqlite3_config(int, ...);

// SQLITE_CONFIG_MEMSTATUS. The function takes an open list of arguments, which Swift cannot call.
static inline int seamark_sqlite_count_no_allocations(void) { return sqlite3_config(9, 0); }

struct sqlite3;
int sqlite3_db_config(struct sqlite3 *, int, ...);

// SQLITE_DBCONFIG_DEFENSIVE of a connection, which is such a function too: 1 puts it on, 0 off, -1 asks. What holds then; -1 where SQLite does not know it.
static inline int seamark_sqlite_defensive(void *connection, int wanted) {
    int holds = -1;
    return sqlite3_db_config((struct sqlite3 *)connection, 1010, wanted, &holds) == 0 ? holds : -1;
}
