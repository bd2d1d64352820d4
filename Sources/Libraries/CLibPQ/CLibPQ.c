/* Each function of libpq that pgassay calls, under its own name: it loads libpq, and calls the function there.
 *
 * A program that is linked with libpq loads it at each start, with the 24 libraries that libpq needs for TLS, Kerberos and LDAP: more
 * than half of the time that pgassay takes to start. A drill starts pgassay again for each of its children, and those call none
 * of it. */
#include "CLibPQ.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void *library;
static char problem[512];

static void load(void)
{
    library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!library) snprintf(problem, sizeof problem, "%s", dlerror());
}

const char *pgassay_libpq_problem(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return library ? NULL : problem;
}

static void *find(const char *name)
{
    void *function = pgassay_libpq_problem() ? NULL : dlsym(library, name);
    if (function) return function;
    fprintf(stderr, "pgassay: %s of libpq.so.5 cannot be called: %s\n", name, library ? dlerror() : problem);
    abort();
}

/* The compiler compares each with its declaration. Two threads may look for the same function: they find the same. */
#define FORWARD(result, name, parameters, arguments)                                                                    \
    result name parameters                                                                                              \
    {                                                                                                                   \
        static __typeof__(&name) known;                                                                                 \
        __typeof__(&name) function = __atomic_load_n(&known, __ATOMIC_ACQUIRE);                                         \
        if (!function) {                                                                                                \
            function = (__typeof__(&name))find(#name);                                                                  \
            __atomic_store_n(&known, function, __ATOMIC_RELEASE);                                                       \
        }                                                                                                               \
        return function arguments;                                                                                      \
    }

/* Connections. */
FORWARD(PGconn *, PQconnectStartParams, (const char *const *keywords, const char *const *values, int expand_dbname),
    (keywords, values, expand_dbname))
FORWARD(PostgresPollingStatusType, PQconnectPoll, (PGconn * conn), (conn))
FORWARD(void, PQfinish, (PGconn * conn), (conn))
FORWARD(PQconninfoOption *, PQconninfoParse, (const char *conninfo, char **errmsg), (conninfo, errmsg))
FORWARD(PQconninfoOption *, PQconninfo, (PGconn * conn), (conn))
FORWARD(void, PQconninfoFree, (PQconninfoOption * options), (options))
FORWARD(ConnStatusType, PQstatus, (const PGconn *conn), (conn))
FORWARD(PGTransactionStatusType, PQtransactionStatus, (const PGconn *conn), (conn))
FORWARD(char *, PQhost, (const PGconn *conn), (conn))
FORWARD(char *, PQhostaddr, (const PGconn *conn), (conn))
FORWARD(char *, PQport, (const PGconn *conn), (conn))
FORWARD(char *, PQpass, (const PGconn *conn), (conn))
FORWARD(char *, PQerrorMessage, (const PGconn *conn), (conn))
FORWARD(int, PQserverVersion, (const PGconn *conn), (conn))
FORWARD(int, PQbackendPID, (const PGconn *conn), (conn))
FORWARD(int, PQsocket, (const PGconn *conn), (conn))
FORWARD(int, PQsetnonblocking, (PGconn * conn, int arg), (conn, arg))
FORWARD(PGVerbosity, PQsetErrorVerbosity, (PGconn * conn, PGVerbosity verbosity), (conn, verbosity))
FORWARD(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn * conn, PQnoticeProcessor proc, void *arg), (conn, proc, arg))

/* Statements. */
FORWARD(int, PQsendQuery, (PGconn * conn, const char *query), (conn, query))
FORWARD(int, PQsendQueryParams,
    (PGconn * conn, const char *command, int nParams, const Oid *paramTypes, const char *const *paramValues,
        const int *paramLengths, const int *paramFormats, int resultFormat),
    (conn, command, nParams, paramTypes, paramValues, paramLengths, paramFormats, resultFormat))
FORWARD(int, PQsetSingleRowMode, (PGconn * conn), (conn))
FORWARD(int, PQflush, (PGconn * conn), (conn))
FORWARD(int, PQisBusy, (PGconn * conn), (conn))
FORWARD(int, PQconsumeInput, (PGconn * conn), (conn))
FORWARD(PGnotify *, PQnotifies, (PGconn * conn), (conn))
FORWARD(int, PQputCopyData, (PGconn * conn, const char *buffer, int nbytes), (conn, buffer, nbytes))
FORWARD(int, PQputCopyEnd, (PGconn * conn, const char *errormsg), (conn, errormsg))
FORWARD(int, PQgetCopyData, (PGconn * conn, char **buffer, int async), (conn, buffer, async))
FORWARD(PGcancel *, PQgetCancel, (PGconn * conn), (conn))
FORWARD(int, PQcancel, (PGcancel * cancel, char *errbuf, int errbufsize), (cancel, errbuf, errbufsize))
FORWARD(void, PQfreeCancel, (PGcancel * cancel), (cancel))

/* Results. */
FORWARD(PGresult *, PQgetResult, (PGconn * conn), (conn))
FORWARD(ExecStatusType, PQresultStatus, (const PGresult *res), (res))
FORWARD(char *, PQresultErrorField, (const PGresult *res, int fieldcode), (res, fieldcode))
FORWARD(char *, PQcmdTuples, (PGresult * res), (res))
FORWARD(int, PQntuples, (const PGresult *res), (res))
FORWARD(int, PQnfields, (const PGresult *res), (res))
FORWARD(char *, PQfname, (const PGresult *res, int field_num), (res, field_num))
FORWARD(char *, PQgetvalue, (const PGresult *res, int tup_num, int field_num), (res, tup_num, field_num))
FORWARD(int, PQgetisnull, (const PGresult *res, int tup_num, int field_num), (res, tup_num, field_num))
FORWARD(void, PQclear, (PGresult * res), (res))
FORWARD(void, PQfreemem, (void *ptr), (ptr))
