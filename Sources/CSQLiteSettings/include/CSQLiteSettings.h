#ifndef C_SQLITE_SETTINGS_H
#define C_SQLITE_SETTINGS_H

#include <sqlite3.h>

/// Has SQLite keep no account of its memory, which it would take a lock for each time it asks for
/// some; to be called before anything else of SQLite.
static inline int sqlite_settings_keep_no_account(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

#endif
