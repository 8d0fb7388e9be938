/// The tables, and how an older database becomes a newer one.
///
/// STRICT tables keep types; `NOT NULL` refuses NaN, which SQLite stores as NULL; `CHECK`s keep
/// infinity and contradictions out. `*` in a budget's model or target stands for every one.
enum Schema {
  /// "Assy": the file says whose it is.
  static let applicationID = 0x4173_7379

  /// Each brings the database one version further; a published one never changes.
  static let migrations: [String] = [texts + runs + records, deviceProfiles]

  static var version: Int { migrations.count }

  private static let finite = "BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308"

  /// What reviewed text says: replaced whenever a file changes.
  private static let texts = """
    CREATE TABLE sources (
      path TEXT NOT NULL PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('budgets', 'accepted')),
      sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
      load_key TEXT NOT NULL
    ) STRICT;
    CREATE TABLE budgets (
      suite TEXT NOT NULL, model TEXT NOT NULL, target TEXT NOT NULL, check_code TEXT NOT NULL,
      rule TEXT NOT NULL CHECK (rule IN ('max', 'min', 'margin')),
      value REAL NOT NULL CHECK (value \(finite)),
      unit TEXT NOT NULL,
      note TEXT,
      source TEXT NOT NULL REFERENCES sources (path) ON DELETE CASCADE,
      line INTEGER NOT NULL, place INTEGER NOT NULL,
      PRIMARY KEY (suite, model, target, check_code)
    ) STRICT;
    CREATE TABLE waivers (
      suite TEXT NOT NULL, model TEXT NOT NULL, target TEXT NOT NULL, check_code TEXT NOT NULL,
      reason TEXT NOT NULL CHECK (length(reason) > 0),
      last_day TEXT NOT NULL CHECK (last_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
      granted_by TEXT NOT NULL,
      source TEXT NOT NULL REFERENCES sources (path) ON DELETE CASCADE,
      line INTEGER NOT NULL, place INTEGER NOT NULL,
      PRIMARY KEY (suite, model, target, check_code)
    ) STRICT;
    CREATE TABLE accepted (
      suite TEXT NOT NULL, model TEXT NOT NULL, target TEXT NOT NULL, metric TEXT NOT NULL,
      value REAL NOT NULL CHECK (value \(finite)),
      unit TEXT NOT NULL,
      model_sha256 TEXT NOT NULL,
      runtime TEXT NOT NULL,
      run TEXT NOT NULL,
      accepted_by TEXT NOT NULL, accepted_at TEXT NOT NULL,
      reason TEXT NOT NULL CHECK (length(reason) > 0),
      source TEXT NOT NULL REFERENCES sources (path) ON DELETE CASCADE,
      line INTEGER NOT NULL, place INTEGER NOT NULL,
      PRIMARY KEY (suite, model, target, metric)
    ) STRICT;

    """

  /// What happened: only ever added to.
  private static let runs = """
    CREATE TABLE runs (
      id TEXT NOT NULL PRIMARY KEY CHECK (length(id) > 0),
      started_at TEXT NOT NULL,
      finished_at TEXT,
      assay_version TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('running', 'complete')),
      verdict TEXT CHECK (verdict IN ('pass', 'fail', 'undecided', 'unusable')),
      exit_code INTEGER CHECK (exit_code BETWEEN 0 AND 3),
      planned_cases INTEGER NOT NULL DEFAULT 0 CHECK (planned_cases >= 0),
      judged_cases INTEGER NOT NULL DEFAULT 0 CHECK (judged_cases BETWEEN 0 AND planned_cases),
      CHECK ((state = 'complete') = (verdict IS NOT NULL)),
      CHECK ((verdict IS NULL) = (exit_code IS NULL) AND (verdict IS NULL) = (finished_at IS NULL)),
      CHECK (verdict IS NULL OR (verdict = 'pass') = (exit_code = 0)),
      CHECK (verdict IS NOT 'pass' OR (planned_cases > 0 AND judged_cases = planned_cases))
    ) STRICT;
    CREATE INDEX runs_by_time ON runs (started_at, id);
    CREATE TABLE run_inputs (
      run TEXT NOT NULL REFERENCES runs (id),
      kind TEXT NOT NULL, path TEXT NOT NULL,
      sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
      bytes INTEGER NOT NULL CHECK (bytes >= 0),
      PRIMARY KEY (run, kind, path)
    ) STRICT;
    CREATE TABLE profiles (
      sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
      target TEXT NOT NULL,
      profile TEXT NOT NULL
    ) STRICT;
    CREATE TABLE run_targets (
      run TEXT NOT NULL REFERENCES runs (id),
      name TEXT NOT NULL,
      profile TEXT NOT NULL REFERENCES profiles (sha256),
      PRIMARY KEY (run, name)
    ) STRICT;
    CREATE TABLE run_checks (
      run TEXT NOT NULL REFERENCES runs (id),
      position INTEGER NOT NULL,
      suite TEXT NOT NULL, model TEXT NOT NULL, target TEXT NOT NULL, check_code TEXT NOT NULL,
      verdict TEXT NOT NULL CHECK (verdict IN ('pass', 'fail', 'undecided', 'unusable')),
      expected TEXT NOT NULL, found TEXT NOT NULL, message TEXT NOT NULL,
      waived TEXT,
      PRIMARY KEY (run, position)
    ) STRICT;
    CREATE TABLE run_measurements (
      run TEXT NOT NULL REFERENCES runs (id),
      suite TEXT NOT NULL, model TEXT NOT NULL, target TEXT NOT NULL, metric TEXT NOT NULL,
      value REAL NOT NULL CHECK (value \(finite)),
      unit TEXT NOT NULL,
      model_sha256 TEXT NOT NULL,
      runtime TEXT NOT NULL,
      PRIMARY KEY (run, suite, model, target, metric)
    ) STRICT;
    CREATE INDEX measurements_by_key ON run_measurements (suite, model, target, metric);
    CREATE TABLE run_documents (
      run TEXT NOT NULL PRIMARY KEY REFERENCES runs (id),
      document TEXT NOT NULL
    ) STRICT;

    """

  /// What people decided.
  private static let records = """
    CREATE TABLE rejections (
      run TEXT NOT NULL REFERENCES runs (id),
      suite TEXT NOT NULL, model TEXT NOT NULL, target TEXT NOT NULL, metric TEXT NOT NULL,
      PRIMARY KEY (run, suite, model, target, metric)
    ) STRICT;
    CREATE TABLE audit (
      id INTEGER PRIMARY KEY,
      at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL
    ) STRICT;
    """

  /// What devices measured: a new import of the same model, target and runtime replaces the old one.
  private static let deviceProfiles = """
    CREATE TABLE device_profiles (
      target TEXT NOT NULL CHECK (length(target) > 0),
      model_sha256 TEXT NOT NULL CHECK (length(model_sha256) = 64),
      runtime_key TEXT NOT NULL,
      model TEXT NOT NULL,
      log TEXT NOT NULL,
      log_sha256 TEXT NOT NULL CHECK (length(log_sha256) = 64),
      log_bytes INTEGER NOT NULL CHECK (log_bytes > 0),
      imported_at TEXT NOT NULL,
      assay_version TEXT NOT NULL,
      runs INTEGER NOT NULL CHECK (runs > 0),
      median_us REAL NOT NULL CHECK (median_us > 0 AND median_us BETWEEN lowest_us AND highest_us),
      lowest_us REAL NOT NULL CHECK (lowest_us >= 0),
      highest_us REAL NOT NULL CHECK (highest_us \(finite)),
      estimated_us REAL CHECK (estimated_us IS NULL OR (estimated_us > 0 AND estimated_us \(finite))),
      PRIMARY KEY (target, model_sha256, runtime_key)
    ) STRICT;
    CREATE TABLE device_profile_layers (
      target TEXT NOT NULL, model_sha256 TEXT NOT NULL, runtime_key TEXT NOT NULL,
      position INTEGER NOT NULL CHECK (position >= 0),
      median_us REAL NOT NULL CHECK (median_us BETWEEN lowest_us AND highest_us),
      lowest_us REAL NOT NULL CHECK (lowest_us >= 0),
      highest_us REAL NOT NULL CHECK (highest_us \(finite)),
      PRIMARY KEY (target, model_sha256, runtime_key, position),
      FOREIGN KEY (target, model_sha256, runtime_key)
        REFERENCES device_profiles (target, model_sha256, runtime_key) ON DELETE CASCADE
    ) STRICT;
    """
}
