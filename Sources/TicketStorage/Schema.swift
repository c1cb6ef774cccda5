import GRDB

/// The tables of a state folder's one database, as migrations that are never changed, only added to.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 journal, lanes, events, tickets") { db in
            try db.execute(sql: first)
        }
        migrator.registerMigration("2 dead letters by position") { db in
            // What follows the events shows a letter's topic, and knows its position only.
            try db.execute(sql: "CREATE INDEX dead_letter_position ON dead_letter (position)")
        }
        return migrator
    }

    private static let first = """
        -- Facts about the store itself, one row each.
        CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        -- What was received, a row a batch, exactly as it came.
        CREATE TABLE journal (
            row INTEGER PRIMARY KEY,
            received_at INTEGER NOT NULL,   -- milliseconds, of the newest entry
            kind TEXT NOT NULL,             -- batch, rules
            first INTEGER NOT NULL,         -- position of the first message
            messages INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        -- What is remembered of each vehicle, as of one journal row.
        CREATE TABLE lane (
            vehicle TEXT PRIMARY KEY,
            applied_row INTEGER NOT NULL,
            due_at INTEGER,
            state BLOB NOT NULL
        ) STRICT;
        CREATE INDEX lane_due ON lane (due_at) WHERE due_at IS NOT NULL;
        -- What was decided, in order; only ever added to.
        CREATE TABLE event (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,             -- finding, dead_letter
            received_at INTEGER NOT NULL,
            position INTEGER NOT NULL,
            at INTEGER,                     -- the vehicle's time
            vehicle TEXT,
            rule TEXT,
            mode TEXT,
            severity TEXT,
            state TEXT,                     -- raised, cleared
            effect TEXT,                    -- opened, joined, raised, cleared, none
            ticket INTEGER,
            body TEXT NOT NULL
        ) STRICT;
        CREATE INDEX event_ticket ON event (ticket) WHERE ticket IS NOT NULL;
        CREATE INDEX event_vehicle ON event (vehicle) WHERE vehicle IS NOT NULL;
        -- Which messages an event rests on.
        CREATE TABLE evidence (
            position INTEGER NOT NULL,
            event INTEGER NOT NULL,
            PRIMARY KEY (position, event)
        ) STRICT, WITHOUT ROWID;
        -- Messages that evidence rests on, kept when the journal lets go of them.
        CREATE TABLE kept_message (
            position INTEGER PRIMARY KEY,
            received_at INTEGER NOT NULL,
            topic BLOB NOT NULL,
            payload BLOB NOT NULL
        ) STRICT;
        CREATE TABLE ticket (
            number INTEGER PRIMARY KEY,
            vehicle TEXT NOT NULL,
            mode TEXT NOT NULL,
            severity TEXT NOT NULL,
            advice TEXT NOT NULL,
            component TEXT NOT NULL,
            skill TEXT NOT NULL,
            name_en TEXT NOT NULL,
            name_zh TEXT NOT NULL,
            state TEXT NOT NULL,            -- open
            opened_at INTEGER NOT NULL,     -- the vehicle's time
            opened_received INTEGER NOT NULL,
            opened_position INTEGER NOT NULL,
            findings INTEGER NOT NULL,
            latest_at INTEGER NOT NULL,
            symptom_gone INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX ticket_open ON ticket (vehicle, mode) WHERE state = 'open';
        -- Messages that could not be understood, as they came.
        CREATE TABLE dead_letter (
            id INTEGER PRIMARY KEY,
            position INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            topic BLOB NOT NULL,
            reason TEXT NOT NULL,
            offset INTEGER NOT NULL,
            payload BLOB NOT NULL,
            state TEXT NOT NULL             -- kept, replayed
        ) STRICT;
        -- The text of every rule that has run, by the digest of its meaning.
        CREATE TABLE rule_text (
            hash TEXT PRIMARY KEY,
            rule TEXT NOT NULL,
            condition TEXT NOT NULL,
            clear TEXT,
            source TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        -- What people ask of the daemon; it answers in the same row.
        CREATE TABLE command (
            id INTEGER PRIMARY KEY,
            asked_at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            kind TEXT NOT NULL,
            argument TEXT NOT NULL,
            state TEXT NOT NULL,            -- asked, done, refused
            answer TEXT
        ) STRICT;
        CREATE INDEX command_asked ON command (state) WHERE state = 'asked';
        """
}
