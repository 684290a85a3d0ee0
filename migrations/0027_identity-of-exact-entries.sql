-- older versions: can run
--
-- An entry that finds only equal files has another identity than one that also finds copies: a list may hold both. Of the same file,
-- the second was not stored before.
update entry e set identity = sha256(convert_to('exact ' || encode(e.identity, 'hex'), 'UTF8'))
where e.status <> 'withdrawn'
  and exists (select from hash h where h.entry = e.id and h.algorithm = 'sha256' and h.digest = e.identity)
  and not exists (select from hash h where h.entry = e.id and h.algorithm in ('pdq', 'blockhash'));
