/* The client library of PostgreSQL (documentation of PostgreSQL, chapter 34), which is loaded when it is first used. */
#pragma once

/* Where Debian has it, and where most others do. */
#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <libpq-fe.h>
#endif

/* Why the library cannot be used on this machine; NULL where it can. Ask it before the first call of another function: without the
   library, they end the process. */
const char *pgassay_libpq_problem(void);
