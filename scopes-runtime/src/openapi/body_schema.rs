//! Schemas of bodies, as `#[utoipa::path(body = …)]` writes them: collections and wrappers refer to the components of the
//! types inside of them. The macros read these types in the source, as utoipa does, and pass them as a *shape*; see
//! `DescriptionOf`.

use std::any::type_name;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList};
use std::rc::Rc;
use std::sync::Arc;

use utoipa::__dev::ComposeSchema;
use utoipa::ToSchema;
use utoipa::openapi::schema::{
    AllOfBuilder, ArrayBuilder, ArrayItems, ObjectBuilder, OneOfBuilder, SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr, Schema};

use crate::http::Generic;

/// Schemas by the names of their components.
pub(super) type Components = Vec<(String, RefOr<Schema>)>;

/// Where a schema is used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SchemaPosition {
    /// In a body or a collection, which refers to components.
    Body,
    /// In a tuple or as the key of a map, which contains the schema itself.
    Inline,
    /// As the argument of a generic type, which contains the schema that utoipa composes.
    Composed,
}

impl SchemaPosition {
    /// Returns the position of the elements of a tuple, and of the keys of a map.
    fn of_parts(self) -> Self {
        if self == Self::Body { Self::Inline } else { self }
    }
}

/// The shape of `T`.
pub(super) trait SchemaOf<T: ?Sized> {
    /// Returns the schema, and adds the components that it refers to.
    fn schema(position: SchemaPosition, components: &mut Components) -> RefOr<Schema>;

    /// Returns the name of the type as a part of the name of a generic type.
    fn name() -> String;
}

impl<T: ToSchema + ?Sized> SchemaOf<T> for () {
    fn schema(position: SchemaPosition, components: &mut Components) -> RefOr<Schema> {
        T::schemas(components);
        let schema = T::schema();
        if position == SchemaPosition::Inline || is_described_by_utoipa::<T>() {
            return schema;
        }
        // utoipa also adds a component for the argument of a generic type, which contains a copy of the schema.
        let reference = component(<Self as SchemaOf<T>>::name(), schema.clone(), components);
        if position == SchemaPosition::Body { reference } else { schema }
    }

    fn name() -> String {
        T::name().into_owned()
    }
}

impl<T: ToSchema + ComposeSchema, A: GenericArguments> SchemaOf<T> for Generic<A> {
    fn schema(position: SchemaPosition, components: &mut Components) -> RefOr<Schema> {
        T::schemas(components);
        let schema = T::compose(A::schemas(components));
        if position == SchemaPosition::Body {
            return component(<Self as SchemaOf<T>>::name(), schema, components);
        }
        schema
    }

    fn name() -> String {
        let names: Vec<_> = [T::name().into_owned()].into_iter().chain(A::names()).collect();
        names.join("_")
    }
}

/// The arguments of a generic type: a tuple of pairs of type and shape.
pub(super) trait GenericArguments {
    fn schemas(components: &mut Components) -> Vec<RefOr<Schema>>;
    fn names() -> Vec<String>;
}

macro_rules! generic_arguments {
    ($($argument:ident $shape:ident),*) => {
        impl<$($argument, $shape: SchemaOf<$argument>),*> GenericArguments for ($(($argument, $shape),)*) {
            fn schemas(components: &mut Components) -> Vec<RefOr<Schema>> {
                vec![$($shape::schema(SchemaPosition::Composed, components)),*]
            }

            fn names() -> Vec<String> {
                vec![$($shape::name()),*]
            }
        }
    };
}

generic_arguments!(T0 A0);
generic_arguments!(T0 A0, T1 A1);
generic_arguments!(T0 A0, T1 A1, T2 A2);
generic_arguments!(T0 A0, T1 A1, T2 A2, T3 A3);

macro_rules! types_with_one_argument {
    ($($name:literal [$($generic:tt)*] $type:ty: $schema:expr,)*) => {
        $(
            impl<$($generic)*, A: SchemaOf<T>> SchemaOf<$type> for (A,) {
                fn schema(position: SchemaPosition, components: &mut Components) -> RefOr<Schema> {
                    let schema: fn(RefOr<Schema>, SchemaPosition) -> RefOr<Schema> = $schema;
                    schema(A::schema(position, components), position)
                }

                fn name() -> String {
                    format!("{}_{}", $name, A::name())
                }
            }
        )*
    };
}

types_with_one_argument! {
    "Vec" [T] Vec<T>: array,
    "LinkedList" [T] LinkedList<T>: array,
    "Array" [T, const N: usize] [T; N]: array,
    "Slice" [T] [T]: array,
    "HashSet" [T, S] HashSet<T, S>: set,
    "BTreeSet" [T] BTreeSet<T>: set,
    "Option" [T] Option<T>: nullable,
    "Box" [T: ?Sized] Box<T>: |schema, _| schema,
    "Rc" [T: ?Sized] Rc<T>: |schema, _| schema,
    "Arc" [T: ?Sized] Arc<T>: |schema, _| schema,
    "Cow" [T: ToOwned + ?Sized + 'static] Cow<'static, T>: |schema, _| schema,
    "RefCell" [T: ?Sized] RefCell<T>: |schema, _| schema,
    "Ref" [T: ?Sized + 'static] &'static T: |schema, _| schema,
}

macro_rules! maps {
    ($($name:literal [$($generic:ident)?] $type:ty,)*) => {
        $(
            impl<K, V, $($generic,)? A: SchemaOf<K>, B: SchemaOf<V>> SchemaOf<$type> for (A, B) {
                fn schema(position: SchemaPosition, components: &mut Components) -> RefOr<Schema> {
                    let keys = A::schema(position.of_parts(), components);
                    let values = B::schema(position, components);
                    let map = ObjectBuilder::new().property_names(Some(keys)).additional_properties(Some(values));
                    map.into()
                }

                fn name() -> String {
                    format!("{}_{}_{}", $name, A::name(), B::name())
                }
            }
        )*
    };
}

maps! {
    "HashMap" [S] HashMap<K, V, S>,
    "BTreeMap" [] BTreeMap<K, V>,
}

macro_rules! tuples {
    ($($element:ident $shape:ident),*) => {
        impl<$($element, $shape: SchemaOf<$element>),*> SchemaOf<($($element,)*)> for ($($shape,)*) {
            fn schema(position: SchemaPosition, components: &mut Components) -> RefOr<Schema> {
                let elements = [$($shape::schema(position.of_parts(), components)),*];
                let elements = elements.into_iter().map(without_reference).collect::<Vec<_>>();
                ArrayBuilder::new().items(ArrayItems::False).prefix_items(elements).into()
            }

            fn name() -> String {
                ["Tuple".to_owned(), $($shape::name()),*].join("_")
            }
        }
    };
}

tuples!(T0 A0);
tuples!(T0 A0, T1 A1);
tuples!(T0 A0, T1 A1, T2 A2);
tuples!(T0 A0, T1 A1, T2 A2, T3 A3);
tuples!(T0 A0, T1 A1, T2 A2, T3 A3, T4 A4);
tuples!(T0 A0, T1 A1, T2 A2, T3 A3, T4 A4, T5 A5);
tuples!(T0 A0, T1 A1, T2 A2, T3 A3, T4 A4, T5 A5, T6 A6);
tuples!(T0 A0, T1 A1, T2 A2, T3 A3, T4 A4, T5 A5, T6 A6, T7 A7);

fn array(items: RefOr<Schema>, _: SchemaPosition) -> RefOr<Schema> {
    ArrayBuilder::new().items(items).into()
}

fn set(items: RefOr<Schema>, _: SchemaPosition) -> RefOr<Schema> {
    ArrayBuilder::new().items(items).unique_items(true).into()
}

/// Adds a component, and returns a reference to it.
fn component(name: String, schema: RefOr<Schema>, components: &mut Components) -> RefOr<Schema> {
    let reference = Ref::from_schema_name(&name).into();
    components.push((name, schema));
    reference
}

/// Returns whether utoipa describes the type itself. Such a type has no component: an alias of `Vec<Item>` would be `Vec`. Rust
/// does not guarantee these names; another one adds a component.
fn is_described_by_utoipa<T: ?Sized>() -> bool {
    let name = type_name::<T>();
    let is_in = |root: &str| name.starts_with(root);
    !name.contains("::")
        || name.starts_with(['&', '[', '('])
        || ["alloc::", "core::", "std::", "serde_json::", "indexmap::"].into_iter().any(is_in)
}

/// Returns the schema of a tuple's element, which utoipa's types do not let be a reference.
fn without_reference(schema: RefOr<Schema>) -> Schema {
    match schema {
        RefOr::T(schema) => schema,
        RefOr::Ref(_) => AllOfBuilder::new().item(schema).into(),
    }
}

/// Returns the schema of a value that may be `null`.
fn nullable(schema: RefOr<Schema>, position: SchemaPosition) -> RefOr<Schema> {
    let null = || ObjectBuilder::new().schema_type(Type::Null);
    if position == SchemaPosition::Composed {
        // In the order of utoipa's `compose`, not of its attribute.
        return OneOfBuilder::new().item(null()).item(schema).into();
    }
    match schema {
        RefOr::T(Schema::Array(mut array)) => {
            array.schema_type = or_null(array.schema_type);
            RefOr::T(Schema::Array(array))
        }
        RefOr::T(Schema::Object(mut object))
            if object.properties.is_empty() && object.enum_values.is_none() =>
        {
            object.schema_type = or_null(object.schema_type);
            RefOr::T(Schema::Object(object))
        }
        schema => OneOfBuilder::new().item(schema).item(null()).into(),
    }
}

fn or_null(schema_type: SchemaType) -> SchemaType {
    match schema_type {
        SchemaType::Type(one) => SchemaType::from_iter([one, Type::Null]),
        other => other,
    }
}
