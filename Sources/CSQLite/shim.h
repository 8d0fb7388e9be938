#include <sqlite3.h>
#include <sys/vfs.h>

/// What Swift cannot import: a variadic function, a cast of an integer to a function pointer, and
/// the type of a file system.

/// Refuses SQL that could damage the file: writing to shadow tables and to the schema.
static inline int assay_sqlite3_defend(sqlite3 *connection) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

/// Binds `count` bytes of UTF-8, copied.
static inline int assay_sqlite3_bind_text(sqlite3_stmt *statement, int index, const char *text, int count) {
  return sqlite3_bind_text(statement, index, text, count, SQLITE_TRANSIENT);
}

/// Whether `path` lies on a network or user-space file system, where the shared memory of a
/// write-ahead log cannot be trusted. 0 where that cannot be found out.
static inline int assay_sqlite3_is_remote(const char *path) {
  struct statfs facts;
  if (statfs(path, &facts) != 0) return 0;
  switch ((unsigned long)facts.f_type & 0xFFFFFFFFUL) {
    case 0x6969UL:      /* NFS */
    case 0x517BUL:      /* SMB */
    case 0xFF534D42UL:  /* CIFS */
    case 0xFE534D42UL:  /* SMB 2 */
    case 0x65735546UL:  /* FUSE */
    case 0x01021997UL:  /* 9P */
    case 0x5346414FUL:  /* AFS */
    case 0x0BD00BD0UL:  /* Lustre */
    case 0x00C36400UL:  /* Ceph */
    case 0x786F4256UL:  /* VirtualBox shared folder */
      return 1;
    default: return 0;
  }
}
