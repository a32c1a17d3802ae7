#pragma once

// Declared and not included: GRDB brings the header, and what two modules include belongs to one of them.
int sqlite3_config(int, ...);

// SQLITE_CONFIG_MEMSTATUS. The function takes an open list of arguments, which Swift cannot call.
static inline int seamark_sqlite_count_no_allocations(void) { return sqlite3_config(9, 0); }
