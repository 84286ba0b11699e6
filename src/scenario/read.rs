//! Reading a scenario's tree by declared sections, gathering every fault on the
//! way: a faulty key falls back to a value that would do, so that reading and
//! the checks that follow reach the end. Which keys there are is declared in
//! `sections`, what they may be in `key`.

use std::collections::BTreeSet;
use std::path::Path;

use super::document::{Document, Node, Origin, Raw};
use super::fault::{Fault, Faults, MOST_TOLD};
use super::key::{Key, KeySpec, Limits};
use super::nearest::distance;
use super::schema::Schema;
use super::setting::{Setting, join};

/// A table of a scenario: a section, a part of one, or the whole.
pub(super) trait Table: Sized {
    /// Reads the table at `path`; `node` is `None` where it is not written.
    fn read(reader: &mut Reader<'_>, path: &str, node: Option<&Node>) -> Self;

    /// The effective settings.
    fn to_setting(&self) -> Setting;

    /// Adds the keys of the table at `path` to a list.
    fn list_keys(path: &str, keys: &mut Vec<KeySpec>);

    /// What the table may hold, as JSON Schema.
    fn schema() -> Schema;
}

/// Whether `setting` is that of a table whose keys are declared, and none of
/// which is said: it is then left out of what is written.
pub(super) fn is_unsaid<T: Table>(setting: &Setting) -> bool {
    let mut keys = Vec::new();
    T::list_keys("", &mut keys);
    !keys.is_empty() && matches!(setting, Setting::Table(entries) if entries.is_empty())
}

/// What a declaration says of a key that the scenario may leave out.
pub(super) enum Stated<T> {
    /// It is then this.
    Default(T),
    /// It may not be left out, and would be something like this.
    Required(T),
}

/// An open table, its unknown keys already told.
pub(super) struct Fields<'n> {
    path: String,
    node: Option<&'n Node>,
}

impl<'n> Fields<'n> {
    /// The node of a name, where the table has it.
    pub(super) fn get(&self, name: &str) -> Option<&'n Node> {
        match &self.node?.value {
            Raw::Table(table) => table.get(name),
            _ => None,
        }
    }

    /// The names in the table.
    pub(super) fn names(&self) -> Vec<&'n str> {
        match self.node.map(|node| &node.value) {
            Some(Raw::Table(table)) => table.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The dotted path of a name in the table.
    pub(super) fn path(&self, name: &str) -> String {
        join(&self.path, name)
    }
}

/// Gathers faults while tables read themselves.
pub(super) struct Reader<'a> {
    document: &'a Document<'a>,
    directory: &'a Path,
    known: Vec<KeySpec>,
    faults: Vec<Fault>,
    /// Faults beyond those that are told.
    more: usize,
    faulted: BTreeSet<String>,
}

impl<'a> Reader<'a> {
    /// A reader of `document`, whose relative paths start at `directory` and
    /// whose keys are the `known`.
    pub(super) fn new(
        document: &'a Document<'a>,
        directory: &'a Path,
        known: Vec<KeySpec>,
    ) -> Self {
        Self { document, directory, known, faults: Vec::new(), more: 0, faulted: BTreeSet::new() }
    }

    /// Where relative paths start.
    pub(super) fn directory(&self) -> &'a Path {
        self.directory
    }

    /// What the scenario has written at a path.
    pub(super) fn written(&self, path: &str) -> Option<&'a Node> {
        self.document.at(path)
    }

    /// The declared keys of a scenario.
    pub(super) fn known(&self) -> &[KeySpec] {
        &self.known
    }

    /// All that was found wrong, if anything was.
    pub(super) fn into_faults(self) -> Option<Faults> {
        (!self.faults.is_empty()).then(|| Faults::ordered(self.faults, self.more))
    }

    /// Whether one more fault is told; otherwise it is counted alone.
    fn tells(&mut self) -> bool {
        let tells = self.faults.len() < MOST_TOLD;
        self.more += usize::from(!tells);
        tells
    }

    /// Opens the table at `path`, whose keys and inner tables are `names`, and
    /// tells of any other.
    pub(super) fn open<'n>(
        &mut self,
        path: &str,
        node: Option<&'n Node>,
        names: &[&str],
    ) -> Fields<'n> {
        let fields = self.open_any(path, node);
        for name in fields.names() {
            if !names.contains(&name)
                && let Some(inner) = fields.get(name)
            {
                if self.faults.len() >= MOST_TOLD {
                    self.more += 1;
                    continue;
                }
                let message = self.unknown(path, name, names);
                self.fault_at(&inner.key_at, &join(path, name), None, message);
            }
        }
        fields
    }

    /// Reads the list of tables `[[path]]`, whose keys are `names`: what `read`
    /// makes of each, given its node and its fields. Tells of what is no list or
    /// no table, and leaves out what `read` makes nothing of.
    pub(super) fn tables<T>(
        &mut self,
        path: &str,
        node: Option<&Node>,
        names: &[&str],
        read: impl Fn(&mut Self, &Node, &Fields<'_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(node) = node else {
            return Vec::new();
        };
        let Raw::List(items) = &node.value else {
            self.fault_in(path, node, format!("must be a list of tables, [[{path}]]"));
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(items.len());
        for item in items {
            if matches!(item.value, Raw::Table(_)) {
                let fields = self.open(path, Some(item), names);
                tables.extend(read(self, item, &fields));
            } else {
                self.fault_in(path, item, format!("must be a table, [[{path}]]"));
            }
        }
        tables
    }

    /// Opens the table at `path`, whatever its keys.
    pub(super) fn open_any<'n>(&mut self, path: &str, node: Option<&'n Node>) -> Fields<'n> {
        let node = match node {
            Some(Node { value: Raw::Table(_), .. }) | None => node,
            Some(node) => {
                self.fault_in(path, node, format!("must be a table, [{path}]"));
                None
            }
        };
        Fields { path: path.to_owned(), node }
    }

    /// Reads the key `name` of an open table.
    pub(super) fn key<T: Key>(
        &mut self,
        fields: &Fields<'_>,
        name: &str,
        stated: Stated<T>,
        limits: Limits,
    ) -> T {
        let path = fields.path(name);
        if let Some(node) = fields.get(name) {
            if let Some(value) = T::read(self, &path, node, limits) {
                return value;
            }
            self.faulted.insert(path);
            return match stated {
                Stated::Default(value) | Stated::Required(value) => value,
            };
        }
        match stated {
            Stated::Default(value) => value,
            Stated::Required(like) => {
                // Of a table that is none, that alone is told.
                if !self.is_faulted(&fields.path) {
                    let example = like.to_setting().map_or(String::new(), |setting| {
                        format!("; write {name} = {setting}, or the like, under [{}]", fields.path)
                    });
                    let header = fields.node.map(|node| node.key_at.clone());
                    let message = format!("missing{example}");
                    self.fault(header.as_ref(), &path, None, message);
                }
                like
            }
        }
    }

    /// Tells that the value at `node` is wrong.
    pub(super) fn fault_in(&mut self, path: &str, node: &Node, message: String) {
        let value = self.document.as_written(node);
        self.fault_at(&node.at, path, Some(value), message);
    }

    /// Tells of a fault at a place of the document.
    pub(super) fn fault_at(
        &mut self,
        origin: &Origin,
        path: &str,
        value: Option<String>,
        message: String,
    ) {
        self.fault(Some(origin), path, value, message);
    }

    fn fault(
        &mut self,
        origin: Option<&Origin>,
        path: &str,
        value: Option<String>,
        message: String,
    ) {
        self.faulted.insert(path.to_owned());
        if self.tells() {
            self.faults.push(self.document.fault(origin, path, value, message));
        }
    }

    /// Checks what holds between keys, once all are read: unless `right`, tells
    /// so of the first of `paths`, shown as `value`, at the first of them that
    /// is written anywhere. Says nothing where one of them is at fault by
    /// itself.
    pub(super) fn require(
        &mut self,
        right: bool,
        paths: &[&str],
        value: Option<String>,
        message: impl FnOnce() -> String,
    ) {
        if right || paths.iter().any(|path| self.is_faulted(path)) {
            return;
        }
        let document = self.document;
        let written = paths.iter().find_map(|path| document.at(path));
        let first = paths.first().copied().unwrap_or_default();
        if self.tells() {
            let fault = document.fault(written.map(|node| &node.at), first, value, message());
            self.faults.push(Fault { between_keys: true, ..fault });
        }
    }

    /// Whether the key, or a table around it, was told to be at fault.
    pub(super) fn is_faulted(&self, path: &str) -> bool {
        let mut within = path;
        loop {
            if self.faulted.contains(within) {
                return true;
            }
            match within.rfind('.') {
                Some(dot) => within = &within[..dot],
                None => return false,
            }
        }
    }

    /// What to say of a key that nobody declared: the section where it belongs,
    /// the nearest name, or else all names there are.
    fn unknown(&self, path: &str, name: &str, names: &[&str]) -> String {
        let kind = if path.is_empty() { "section" } else { "key" };
        let keys = || self.known.iter().filter_map(|key| key.path.rsplit_once('.'));
        if let Some((section, _)) = keys().find(|(_, key)| *key == name) {
            return format!("unknown {kind}; {name} belongs under [{section}]");
        }
        // Beside a section may stand a key whose section was forgotten.
        let here = names.iter().map(|known| (*known, join(path, known)));
        let forgotten =
            keys().filter(|_| path.is_empty()).map(|(section, key)| (key, join(section, key)));
        let nearest = here
            .chain(forgotten)
            .filter_map(|(known, whole)| Some((distance(known, name)?, whole)))
            .min_by_key(|(distance, _)| *distance);
        match nearest {
            Some((_, whole)) => format!("unknown {kind}; did you mean {whole}?"),
            None => format!("unknown {kind}; there are {}", names.join(", ")),
        }
    }
}

/// Declares a section once: field, type, default or example of what must be
/// given, limits, unit and meaning. Out of that come the struct and its docs,
/// the reading with all faults, the writing, the list of keys and the schema.
///
/// A line is
/// `name [as "toml-name"]: Type [= default] [, required, like example]
/// [, in limits] [, unit "unit"];`
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        pub struct $Name:ident {
            $(
                $(#[doc = $doc:literal])+
                $field:ident $(as $key:literal)? : $Type:ty
                    $(= $default:expr)?
                    $(, required, like $example:expr)?
                    $(, in $limits:expr)?
                    $(, unit $unit:literal)?
                    ;
            )*
        }
        $(
            tables {
                $(
                    $(#[doc = $table_doc:literal])+
                    $table:ident $(as $table_key:literal)? : $Table:ty;
                )+
            }
        )?
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $Name {
            $(
                $(#[doc = $doc])+
                $(#[doc = concat!("\n\nUnit: ", $unit, ".")])?
                pub $field: $Type,
            )*
            $($(
                $(#[doc = $table_doc])+
                pub $table: $Table,
            )+)?
        }

        impl $crate::scenario::read::Table for $Name {
            fn read(
                reader: &mut $crate::scenario::read::Reader<'_>,
                path: &str,
                node: Option<&$crate::scenario::document::Node>,
            ) -> Self {
                let fields = reader.open(
                    path,
                    node,
                    &[
                        $(section!(@name $field $($key)?),)*
                        $($(section!(@name $table $($table_key)?),)+)?
                    ],
                );
                Self {
                    $(
                        $field: reader.key(
                            &fields,
                            section!(@name $field $($key)?),
                            section!(@stated $($default)? $(, like $example)?),
                            section!(@limits $($limits)?),
                        ),
                    )*
                    $($(
                        $table: <$Table as $crate::scenario::read::Table>::read(
                            reader,
                            &fields.path(section!(@name $table $($table_key)?)),
                            fields.get(section!(@name $table $($table_key)?)),
                        ),
                    )+)?
                }
            }

            fn to_setting(&self) -> $crate::scenario::setting::Setting {
                $crate::scenario::setting::Setting::table([
                    $((
                        section!(@name $field $($key)?),
                        $crate::scenario::key::Key::to_setting(&self.$field),
                    ),)*
                    $($((
                        section!(@name $table $($table_key)?),
                        Some($crate::scenario::read::Table::to_setting(&self.$table))
                            .filter(|said| !$crate::scenario::read::is_unsaid::<$Table>(said)),
                    ),)+)?
                ])
            }

            fn list_keys(path: &str, keys: &mut Vec<$crate::scenario::key::KeySpec>) {
                $(
                    let stated: $crate::scenario::read::Stated<$Type> =
                        section!(@stated $($default)? $(, like $example)?);
                    keys.push($crate::scenario::key::KeySpec {
                        path: $crate::scenario::setting::join(
                            path,
                            section!(@name $field $($key)?),
                        ),
                        kind: <$Type as $crate::scenario::key::Key>::KIND,
                        preset: stated.into(),
                        limits: section!(@limits $($limits)?),
                        unit: concat!($($unit)?),
                        doc: concat!($($doc),+).trim().to_owned(),
                    });
                )*
                $($(
                    <$Table as $crate::scenario::read::Table>::list_keys(
                        &$crate::scenario::setting::join(
                            path,
                            section!(@name $table $($table_key)?),
                        ),
                        keys,
                    );
                )+)?
            }

            fn schema() -> $crate::scenario::schema::Schema {
                let mut keys = Vec::new();
                <Self as $crate::scenario::read::Table>::list_keys("", &mut keys);
                $crate::scenario::schema::table(
                    concat!($($about),+),
                    &keys,
                    [$($((
                        section!(@name $table $($table_key)?),
                        <$Table as $crate::scenario::read::Table>::schema(),
                    ),)+)?],
                )
            }
        }
    };

    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $key:literal) => { $key };

    (@stated $default:expr) => { $crate::scenario::read::Stated::Default($default) };
    (@stated , like $example:expr) => { $crate::scenario::read::Stated::Required($example) };

    (@limits) => { $crate::scenario::key::Limits::None };
    (@limits $limits:expr) => { $crate::scenario::key::Limits::from($limits) };
}
pub(super) use section;

impl<T: Key> From<Stated<T>> for super::key::Preset {
    fn from(stated: Stated<T>) -> Self {
        match stated {
            Stated::Default(value) => value.to_setting().map_or(Self::Absent, Self::Default),
            Stated::Required(value) => {
                value.to_setting().map_or(Self::Absent, |like| Self::Required { like })
            }
        }
    }
}
