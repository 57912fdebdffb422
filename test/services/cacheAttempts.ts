/** Who tries, and against whom. */
export interface CachePair {
  readonly own: string;
  readonly foreign: string;
  readonly foreignPassword: string;
}

/** One way from a tenant's account in the cache to another's, as lines at valkey-cli's prompt. */
export interface CacheAttempt {
  readonly what: string;
  readonly commands: (pair: CachePair) => readonly string[];
  /** What the last command is refused with. */
  readonly refusal: RegExp;
  /**
   * That it would work: the neighbour does the same with what is its own, or the administrator does it, or the server
   * would let the administrator do it, where that would be the end of the test.
   */
  readonly control: "neighbour" | "administrator" | "permission" | CacheAttempt["commands"];
}

const key = /NOPERM No permissions to access a key/;
const channel = /NOPERM No permissions to access a channel/;
const command = /NOPERM User \S+ has no permissions to run/;

const onKeys = (
  what: string,
  commands: CacheAttempt["commands"],
  control: CacheAttempt["control"] = "neighbour",
): CacheAttempt => ({ what, commands, refusal: key, control });

const ofCommand = (
  what: string,
  line: string,
  control: CacheAttempt["control"] = "permission",
): CacheAttempt => ({ what, commands: () => [line], refusal: command, control });

/** Before it asks who wants it. */
const switchedOff = (what: string, line: string): CacheAttempt => ({
  ...ofCommand(what, line),
  refusal: /ERR \w+ command not allowed/,
});

export const cacheAttempts: readonly CacheAttempt[] = [
  onKeys("read its key", ({ foreign }) => [`get ${foreign}:secret`]),
  onKeys(
    "read it beside one's own",
    ({ own, foreign }) => [`mget ${own}:key ${foreign}:secret`],
    "administrator",
  ),
  onKeys("write its key", ({ foreign }) => [`append ${foreign}:log x`]),
  onKeys("delete its key", ({ foreign }) => [`del ${foreign}:unused`]),
  onKeys("let it run out", ({ foreign }) => [`expire ${foreign}:unused 1`]),
  onKeys("ask whether it is there", ({ foreign }) => [`exists ${foreign}:secret`]),
  onKeys("ask how large it is", ({ foreign }) => [`memory usage ${foreign}:secret`]),
  onKeys("learn of changes by WATCH", ({ foreign }) => [`watch ${foreign}:secret`]),
  onKeys("copy it to oneself", ({ own, foreign }) => [`copy ${foreign}:secret ${own}:copy`], "administrator"),
  onKeys(
    "rename it to oneself",
    ({ own, foreign }) => [`rename ${foreign}:moved ${own}:moved`],
    "administrator",
  ),
  onKeys(
    "put one's own in its place",
    ({ own, foreign }) => [`rename ${own}:spare ${foreign}:put`],
    "administrator",
  ),
  onKeys(
    "join its set into one's own",
    ({ own, foreign }) => [`sunionstore ${own}:set ${foreign}:set`],
    "administrator",
  ),
  onKeys(
    "combine its bits",
    ({ own, foreign }) => [`bitop not ${own}:bits ${foreign}:secret`],
    "administrator",
  ),
  onKeys("read its stream", ({ foreign }) => [`xread count 1 streams ${foreign}:stream 0`]),
  onKeys("join its stream's readers", ({ foreign }) => [`xgroup create ${foreign}:stream spies 0`]),
  onKeys("wait for its queue", ({ foreign }) => [`blpop ${foreign}:queue 1`]),
  onKeys(
    "take from several queues",
    ({ own, foreign }) => [`lmpop 2 ${own}:queue ${foreign}:queue left`],
    "administrator",
  ),
  onKeys("in a transaction", ({ foreign }) => ["multi", `get ${foreign}:secret`]),
  onKeys("a key that is its id alone", ({ foreign }) => [`set ${foreign} x`], "administrator"),
  onKeys("a key without one's colon", ({ own }) => [`set ${own} x`], "administrator"),
  onKeys("a key that only looks like one's own", ({ own }) => [`set "\\x00${own}:key" x`], "administrator"),
  onKeys("a pattern instead of a key", () => ["get *"], "administrator"),

  ofCommand("list all keys", "keys *", "administrator"),
  ofCommand("go through all keys", "scan 0", "administrator"),
  ofCommand("draw a key", "randomkey", "administrator"),
  ofCommand("count all keys", "dbsize", "administrator"),
  {
    what: "read it from a script",
    commands: ({ foreign }) => [`eval "return server.call('get', '${foreign}:secret')" 0`],
    refusal: command,
    control: "administrator",
  },
  ofCommand("stop everybody by a script without an end", `eval "while true do end" 0`),
  ofCommand(
    "leave a function for others to call",
    `function load "#!lua name=f\\nserver.register_function('f', redis.call)"`,
  ),
  ofCommand("forget everybody's scripts", "script flush", "administrator"),
  {
    what: "sort by its keys",
    commands: ({ own, foreign }) => [`sort ${own}:queue by nosort get ${foreign}:*`],
    refusal: command,
    control: "administrator",
  },
  ofCommand("be told of everybody's changes", "client tracking on bcast"),
  ofCommand("a comparison that takes minutes", "lcs key key"),

  {
    what: "listen to its channel",
    commands: ({ foreign }) => [`subscribe ${foreign}:news`],
    refusal: channel,
    control: "permission",
  },
  {
    what: "listen to all channels",
    commands: () => ["psubscribe *"],
    refusal: channel,
    control: "permission",
  },
  {
    what: "listen to a pattern that holds one's own and its",
    commands: ({ own }) => [`psubscribe ${own}*`],
    refusal: channel,
    control: "permission",
  },
  {
    what: "speak in its channel",
    commands: ({ foreign }) => [`publish ${foreign}:news false`],
    refusal: channel,
    control: "neighbour",
  },
  {
    what: "be told of events of keys",
    commands: ({ foreign }) => [`subscribe __keyspace@0__:${foreign}:secret`],
    refusal: channel,
    control: "permission",
  },
  ofCommand("list channels", "pubsub channels", "administrator"),

  ofCommand("list connections", "client list", "administrator"),
  {
    what: "end its connections",
    commands: ({ foreign }) => [`client kill user ${foreign}_e1`],
    refusal: command,
    control: "permission",
  },
  ofCommand("hold everybody's commands", "client pause 100000"),
  ofCommand("see everybody's commands", "monitor"),
  ofCommand("see everybody's slow commands", "slowlog get", "administrator"),
  ofCommand("read settings", "config get *", "administrator"),
  ofCommand("write files by settings", "config set dir /tmp"),
  ofCommand("read accounts", "acl list", "administrator"),
  {
    what: "give oneself its keys",
    commands: ({ own }) => [`acl setuser ${own}_e1 ~*`],
    refusal: command,
    control: "permission",
  },
  ofCommand("see the server's state", "info", "administrator"),
  ofCommand("delete everything", "flushall"),
  ofCommand("delete the database", "flushdb"),
  ofCommand("exchange databases", "swapdb 0 0"),
  ofCommand("end the server", "shutdown nosave"),
  ofCommand("send everything elsewhere", "replicaof 192.0.2.1 6379"),
  ofCommand("become a replica", "replconf listening-port 1"),
  switchedOff("load a module", "module load /tmp/x.so"),
  switchedOff("look into memory", "debug object key"),
  ofCommand("write what only looks like a value", "restore key 0 x"),
  ofCommand("connect to others", "migrate 192.0.2.1 6379 key 0 1000"),
  {
    what: "another database",
    commands: () => ["select 1"],
    refusal: /ERR DB index is out of range/,
    control: () => ["select 0"],
  },
  {
    what: "log in as the neighbour with another password",
    commands: ({ foreign }) => [`auth ${foreign}_e1 wrong`],
    refusal: /WRONGPASS/,
    control: ({ foreign, foreignPassword }) => [`auth ${foreign}_e1 ${foreignPassword}`],
  },
  {
    what: "log in as the default user, who needs no password elsewhere",
    commands: () => ["auth default default"],
    refusal: /WRONGPASS/,
    control: () => ["auth probe any"],
  },
  {
    what: "read it as the account of probes",
    commands: ({ foreign }) => ["auth probe any", `get ${foreign}:secret`],
    refusal: command,
    control: () => ["auth probe any", "ping"],
  },
  {
    what: "fill memory with one value",
    commands: ({ own }) => [`setrange ${own}:large 500000000 x`],
    refusal: /ERR string exceeds maximum allowed size/,
    control: ({ own }) => [`setrange ${own}:large 1000 x`],
  },
];
