/* No fault at all: an order is handed to a thread, as vendors' libraries do it, and is answered
 * before or after the call returns. */
#include "base.h"

struct job {
  aftm_session *it;
  aftm_order_req order;
  uint64_t req_id;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t idle = PTHREAD_COND_INITIALIZER;
static int under_way;

static void *work(void *at) {
  struct job *job = at;
  send_order(job->it, &job->order, job->req_id, NULL);
  free(job);
  pthread_mutex_lock(&lock);
  if (--under_way == 0) pthread_cond_signal(&idle);
  pthread_mutex_unlock(&lock);
  return NULL;
}

static int32_t send(aftm_session *it, const aftm_order_req *order, uint64_t req_id,
                    aftm_status *err) {
  struct job *job;
  pthread_t thread;
  int32_t code = enter_logged_in(it, err);
  if (code != AFTM_OK) return code;
  code = leave(it, check_order(it, order, err));
  if (code != AFTM_OK) return code;
  job = malloc(sizeof *job);
  if (job == NULL) return fail(err, AFTM_E_INTERNAL, "", "there is no memory");
  job->it = it;
  job->order = *order;
  job->req_id = req_id;
  pthread_mutex_lock(&lock);
  under_way++;
  pthread_mutex_unlock(&lock);
  if (pthread_create(&thread, NULL, work, job) == 0) return pthread_detach(thread), AFTM_OK;
  free(job);
  pthread_mutex_lock(&lock);
  under_way--;
  pthread_mutex_unlock(&lock);
  return fail(err, AFTM_E_BUSY, "", "there is no thread");
}

/* The barrier: what is under way is told before the session goes. */
static int32_t end(aftm_session *it, uint32_t timeout_ms) {
  pthread_mutex_lock(&lock);
  while (it != NULL && under_way > 0) pthread_cond_wait(&idle, &lock);
  pthread_mutex_unlock(&lock);
  return close_session(it, timeout_ms);
}

ENTRY((table.send_order = send, table.close = end))
