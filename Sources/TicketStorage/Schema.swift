import GRDB

/// The tables of a state folder's one database, as migrations that are never changed, only added to.
enum Schema {
    private struct Migration {
        let name: String
        let change: @Sendable (Database) throws -> Void

        init(_ name: String, _ change: @escaping @Sendable (Database) throws -> Void) {
            self.name = name
            self.change = change
        }
    }

    private static let migrations: [Migration] = [
        Migration("1 journal, lanes, events, tickets") { db in
            try db.execute(sql: first)
        },
        Migration("2 dead letters by position") { db in
            // What follows the events shows a letter's topic, and knows its position only.
            try db.execute(sql: "CREATE INDEX dead_letter_position ON dead_letter (position)")
        },
        Migration("3 the life of tickets") { db in
            try db.execute(sql: life)
            try TicketHistory.begin(db)
        },
        Migration("4 customers") { db in
            try db.execute(sql: customers)
        },
        Migration("5 what tickets count") { db in
            // Rows of before have none and are counted from their events.
            try db.execute(sql: "ALTER TABLE ticket ADD COLUMN account TEXT")
            try db.execute(sql: "ALTER TABLE ticket ADD COLUMN estimate_id TEXT")
            try db.execute(sql: "ALTER TABLE ticket ADD COLUMN probability REAL")
            try db.execute(sql: "ALTER TABLE ticket ADD COLUMN fails_at INTEGER")
            try db.execute(sql: "CREATE INDEX ticket_opened ON ticket (opened_received)")
        },
        Migration("6 what the fleet knows") { db in
            try db.execute(sql: fleet)
        },
        Migration("7 what is asked of many tickets") { db in
            try db.execute(sql: asked)
        },
        Migration("8 parts of many tickets") { db in
            // Part events of a ticket lie among its others; a plan of parts asks for all of them.
            try db.execute(
                sql: """
                    DROP INDEX ticket_event_part;
                    CREATE INDEX ticket_event_part ON ticket_event (ticket, at, kind, json)
                        WHERE kind = 'part';
                    """)
        },
        Migration("9 a card for each ticket") { db in
            try db.execute(sql: cards)
            try TicketStore.writeCards(db)
        },
        Migration("10 less to write with a ticket") { db in
            try db.execute(sql: lighter)
        },
    ]

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for migration in migrations {
            migrator.registerMigration(migration.name, migrate: migration.change)
        }
        return migrator
    }

    /// Makes the tables of a new store in the transaction that is open, as they are after all
    /// migrations.
    static func makeFresh(_ db: Database) throws {
        guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0 else { return }
        // As the migrator's own.
        try db.execute(
            sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        try db.execute(sql: fresh)
        for migration in migrations {
            try db.execute(
                sql: "INSERT INTO grdb_migrations (identifier) VALUES (?)",
                arguments: [migration.name])
        }
    }

    private static let lighter = """
        -- An event's kind tells whether it can say a cause; to read its JSON for that took longer than
        -- to write it. For a list of kinds with IN, SQLite would make a table with each row.
        DROP INDEX ticket_event_cause;
        CREATE INDEX ticket_event_cause ON ticket_event (ticket, at, json)
            WHERE (kind = 'repair_done' OR kind = 'remote' OR kind = 'close')
                AND json_extract(json, '$.cause') IS NOT NULL;
        -- All but few of the live tickets are found by their state.
        DROP INDEX ticket_live;
        CREATE INDEX ticket_watched ON ticket (state, live) WHERE state = 'closed' AND live = 1;
        """

    private static let cards = """
        -- What reports ask of a ticket at any time, made of its events, beside what is not theirs. It
        -- lies apart, so that little else is read with it.
        CREATE TABLE ticket_card (
            number INTEGER PRIMARY KEY,
            opened INTEGER NOT NULL,        -- received, milliseconds
            vehicle TEXT NOT NULL,
            rule TEXT,                      -- the first that found something
            card BLOB NOT NULL
        ) STRICT;
        ALTER TABLE ticket DROP COLUMN account;
        -- Few tickets point to another, and a ticket is shown with those that point to it.
        CREATE INDEX ticket_merged_into ON ticket (merged_into) WHERE merged_into IS NOT NULL;
        CREATE INDEX ticket_caused_by ON ticket (caused_by) WHERE caused_by IS NOT NULL;
        CREATE INDEX ticket_split_from ON ticket (split_from) WHERE split_from IS NOT NULL;
        CREATE INDEX ticket_recurrence_of ON ticket (recurrence_of)
            WHERE recurrence_of IS NOT NULL;
        -- All that is asked of causes, since the rows that say them lie far apart.
        DROP INDEX ticket_event_cause;
        CREATE INDEX ticket_event_cause ON ticket_event (ticket, at, json)
            WHERE json_extract(json, '$.cause') IS NOT NULL;
        """

    private static let asked = """
        -- Few of a ticket's events say these; of a hundred thousand tickets they are found at once.
        CREATE INDEX ticket_event_feedback ON ticket_event (at) WHERE kind = 'feedback';
        CREATE INDEX ticket_event_part ON ticket_event (at) WHERE kind = 'part';
        CREATE INDEX ticket_event_lot ON ticket_event (json_extract(json, '$.lot'))
            WHERE kind = 'part';
        CREATE INDEX ticket_event_serial ON ticket_event (json_extract(json, '$.serial'))
            WHERE kind = 'part';
        CREATE INDEX ticket_event_cause ON ticket_event (ticket)
            WHERE json_extract(json, '$.cause') IS NOT NULL;
        """

    private static let customers = """
        -- For whom the words stand that tickets and the journal know customers by. It is the only
        -- place that holds the other system's own reference, so that one row can be forgotten.
        CREATE TABLE customer (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            ref TEXT NOT NULL UNIQUE
        ) STRICT;
        ALTER TABLE ticket ADD COLUMN customer TEXT;
        ALTER TABLE ticket ADD COLUMN actual_cost REAL;
        CREATE INDEX ticket_customer ON ticket (customer) WHERE customer IS NOT NULL;
        """

    private static let fleet = """
        -- What the vehicles know together, as of the newest row of any lane.
        CREATE TABLE fleet_state (id INTEGER PRIMARY KEY CHECK (id = 1), body BLOB NOT NULL) STRICT;
        -- Between which times the failure is expected, milliseconds.
        ALTER TABLE ticket ADD COLUMN predicted_from INTEGER;
        ALTER TABLE ticket ADD COLUMN predicted_to INTEGER;
        """

    private static let life = """
        -- What happened to tickets, in order; only ever added to. A ticket's state is a fold over it.
        CREATE TABLE ticket_event (
            seq INTEGER PRIMARY KEY,
            ticket INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            at INTEGER NOT NULL,            -- received time, milliseconds
            actor TEXT NOT NULL,
            role TEXT NOT NULL,
            kind TEXT NOT NULL,             -- a step, or what the daemon noted
            state TEXT NOT NULL,            -- the ticket's, afterwards
            event INTEGER,                  -- the decision that says it
            json TEXT NOT NULL
        ) STRICT;
        CREATE INDEX ticket_event_ticket ON ticket_event (ticket, seq);
        -- What the ticket stage remembers besides tickets.
        CREATE TABLE ticket_memory (
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (kind, key)
        ) STRICT, WITHOUT ROWID;
        DROP INDEX ticket_open;
        ALTER TABLE ticket ADD COLUMN live INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE ticket ADD COLUMN epoch INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE ticket ADD COLUMN source TEXT NOT NULL DEFAULT 'rule';
        ALTER TABLE ticket ADD COLUMN is_incident INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE ticket ADD COLUMN rules TEXT NOT NULL DEFAULT '';
        ALTER TABLE ticket ADD COLUMN kinds TEXT NOT NULL DEFAULT '';
        ALTER TABLE ticket ADD COLUMN site TEXT;
        ALTER TABLE ticket ADD COLUMN assignee TEXT;
        ALTER TABLE ticket ADD COLUMN technicians TEXT;
        ALTER TABLE ticket ADD COLUMN inspector TEXT;
        ALTER TABLE ticket ADD COLUMN disposition TEXT;
        ALTER TABLE ticket ADD COLUMN cancel_reason TEXT;
        ALTER TABLE ticket ADD COLUMN hold_reason TEXT;
        ALTER TABLE ticket ADD COLUMN merged_into INTEGER;
        ALTER TABLE ticket ADD COLUMN caused_by INTEGER;
        ALTER TABLE ticket ADD COLUMN recurrence_of INTEGER;
        ALTER TABLE ticket ADD COLUMN split_from INTEGER;
        ALTER TABLE ticket ADD COLUMN proof TEXT NOT NULL DEFAULT 'none';
        ALTER TABLE ticket ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE ticket ADD COLUMN reworks INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE ticket ADD COLUMN csat INTEGER;
        ALTER TABLE ticket ADD COLUMN odometer REAL;
        ALTER TABLE ticket ADD COLUMN estimate_total REAL;
        ALTER TABLE ticket ADD COLUMN estimate_currency TEXT;
        ALTER TABLE ticket ADD COLUMN payer TEXT;
        ALTER TABLE ticket ADD COLUMN approved_by TEXT;
        -- Stamps of the newest epoch, milliseconds.
        ALTER TABLE ticket ADD COLUMN clock_start INTEGER;
        ALTER TABLE ticket ADD COLUMN solve_from INTEGER;
        ALTER TABLE ticket ADD COLUMN responded_at INTEGER;
        ALTER TABLE ticket ADD COLUMN acknowledged_at INTEGER;
        ALTER TABLE ticket ADD COLUMN triaged_at INTEGER;
        ALTER TABLE ticket ADD COLUMN contacted_at INTEGER;
        ALTER TABLE ticket ADD COLUMN scheduled_at INTEGER;
        ALTER TABLE ticket ADD COLUMN appointment_at INTEGER;
        ALTER TABLE ticket ADD COLUMN checked_in_at INTEGER;
        ALTER TABLE ticket ADD COLUMN repair_started_at INTEGER;
        ALTER TABLE ticket ADD COLUMN repaired_at INTEGER;
        ALTER TABLE ticket ADD COLUMN solved_at INTEGER;
        ALTER TABLE ticket ADD COLUMN delivered_at INTEGER;
        ALTER TABLE ticket ADD COLUMN followed_up_at INTEGER;
        ALTER TABLE ticket ADD COLUMN closed_at INTEGER;
        ALTER TABLE ticket ADD COLUMN cancelled_at INTEGER;
        ALTER TABLE ticket ADD COLUMN wake_at INTEGER;
        ALTER TABLE ticket ADD COLUMN due_at INTEGER;
        ALTER TABLE ticket ADD COLUMN due_clock TEXT;
        ALTER TABLE ticket ADD COLUMN breached TEXT NOT NULL DEFAULT '';
        CREATE INDEX ticket_live ON ticket (number) WHERE live = 1;
        CREATE INDEX ticket_state ON ticket (state);
        CREATE INDEX ticket_vehicle ON ticket (vehicle);
        """

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
