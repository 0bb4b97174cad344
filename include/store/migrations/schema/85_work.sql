-- What a task instance of Airflow did: from its workers to their events.

create index worker_run on worker (run_id, task_id);
create index mutation_event_actor on mutation_event (actor);
