//! The tables, as both databases have them. Compared with the migrations by `tests/backends.rs`.
#![allow(missing_docs, reason = "the columns are documented in the migrations and in `domain`")]

diesel::table! {
    data_version (id) {
        id -> Integer,
        seq -> BigInt,
    }
}

diesel::table! {
    tokens (id) {
        id -> BigInt,
        name -> Text,
        hash -> Text,
        role -> Text,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    writes (id) {
        id -> BigInt,
        first_seq -> BigInt,
        last_seq -> BigInt,
        at -> Timestamp,
        by -> Text,
    }
}

diesel::table! {
    history (write_id, n) {
        write_id -> BigInt,
        n -> Integer,
        resource -> Text,
        code -> Text,
        action -> Text,
        revision -> Integer,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        row_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    creations (write_id, first_n) {
        write_id -> BigInt,
        first_n -> Integer,
        resource -> Text,
        first_id -> BigInt,
        last_id -> BigInt,
    }
}

diesel::table! {
    imports (id) {
        id -> BigInt,
        code -> Text,
        sheet -> Text,
        write_id -> BigInt,
        fingerprint -> Text,
        rows -> BigInt,
        counts -> Text,
        warnings -> Text,
        warnings_total -> BigInt,
    }
}

diesel::table! {
    answers (id) {
        id -> BigInt,
        token -> Text,
        path -> Text,
        key -> Text,
        request -> Text,
        at -> Timestamp,
        status -> Integer,
        resource -> Text,
        code -> Nullable<Text>,
        etag -> Nullable<Text>,
        body -> Text,
    }
}

diesel::table! {
    locations (id) {
        id -> BigInt,
        code -> Text,
        name -> Text,
        name_ar -> Nullable<Text>,
        aliases -> Text,
        kind -> Text,
        parent_id -> Nullable<BigInt>,
        p_code -> Nullable<Text>,
        latitude -> Nullable<Double>,
        longitude -> Nullable<Double>,
        settlement_type -> Nullable<Text>,
        path -> Text,
        country_id -> Nullable<BigInt>,
        admin1_id -> Nullable<BigInt>,
        admin2_id -> Nullable<BigInt>,
        admin3_id -> Nullable<BigInt>,
        words -> Text,
        revision -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    sources (id) {
        id -> BigInt,
        code -> Text,
        name -> Text,
        name_ar -> Nullable<Text>,
        kind -> Text,
        reliability -> Nullable<Text>,
        url -> Nullable<Text>,
        confidential -> Bool,
        words -> Text,
        revision -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    agreements (id) {
        id -> BigInt,
        code -> Text,
        name -> Text,
        name_ar -> Nullable<Text>,
        name_as_reported -> Nullable<Text>,
        signed_on -> Nullable<Date>,
        location_id -> Nullable<BigInt>,
        parties -> Text,
        url -> Nullable<Text>,
        notes -> Nullable<Text>,
        words -> Text,
        revision -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    batches (id) {
        id -> BigInt,
        code -> Text,
        kind -> Text,
        number -> Nullable<Integer>,
        agreement_id -> Nullable<BigInt>,
        origin_id -> BigInt,
        scheduled_on -> Nullable<Date>,
        departed_on -> Nullable<Date>,
        departed_on_precision -> Text,
        cancelled -> Bool,
        reasons -> Text,
        parties -> Text,
        visibility -> Text,
        notes -> Nullable<Text>,
        dated_on -> Nullable<Date>,
        dated_last -> Nullable<Date>,
        happened -> Bool,
        is_public -> Bool,
        households -> Nullable<BigInt>,
        households_low -> Nullable<BigInt>,
        households_high -> Nullable<BigInt>,
        households_high_open -> Nullable<Bool>,
        individuals -> Nullable<BigInt>,
        individuals_low -> Nullable<BigInt>,
        individuals_high -> Nullable<BigInt>,
        individuals_high_open -> Nullable<Bool>,
        movement_count -> BigInt,
        movements_without_households -> BigInt,
        movements_without_individuals -> BigInt,
        revision -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    movements (id) {
        id -> BigInt,
        code -> Text,
        batch_id -> BigInt,
        destination_id -> BigInt,
        arrived_on -> Nullable<Date>,
        arrived_on_precision -> Text,
        destination_as_reported -> Nullable<Text>,
        settlement_type -> Nullable<Text>,
        notes -> Nullable<Text>,
        origin_id -> BigInt,
        agreement_id -> Nullable<BigInt>,
        batch_kind -> Text,
        dated_on -> Nullable<Date>,
        dated_last -> Nullable<Date>,
        happened -> Bool,
        is_public -> Bool,
        households -> Nullable<Integer>,
        households_low -> Nullable<Integer>,
        households_high -> Nullable<Integer>,
        households_high_open -> Nullable<Bool>,
        individuals -> Nullable<Integer>,
        individuals_low -> Nullable<Integer>,
        individuals_high -> Nullable<Integer>,
        individuals_high_open -> Nullable<Bool>,
        households_figure -> Nullable<Text>,
        individuals_figure -> Nullable<Text>,
        figure_count -> Integer,
        revision -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    returns (id) {
        id -> BigInt,
        code -> Text,
        from_id -> BigInt,
        to_id -> BigInt,
        movement_id -> Nullable<BigInt>,
        agreement_id -> Nullable<BigInt>,
        scheduled_on -> Nullable<Date>,
        returned_on -> Nullable<Date>,
        returned_on_precision -> Text,
        from_as_reported -> Nullable<Text>,
        household_completeness -> Nullable<Text>,
        members_remaining -> Nullable<Integer>,
        cancelled -> Bool,
        reasons -> Text,
        parties -> Text,
        visibility -> Text,
        notes -> Nullable<Text>,
        origin_id -> BigInt,
        destination_id -> BigInt,
        counted_agreement_id -> Nullable<BigInt>,
        batch_kind -> Text,
        movement_is_public -> Bool,
        dated_on -> Nullable<Date>,
        dated_last -> Nullable<Date>,
        happened -> Bool,
        is_public -> Bool,
        households -> Nullable<Integer>,
        households_low -> Nullable<Integer>,
        households_high -> Nullable<Integer>,
        households_high_open -> Nullable<Bool>,
        individuals -> Nullable<Integer>,
        individuals_low -> Nullable<Integer>,
        individuals_high -> Nullable<Integer>,
        individuals_high_open -> Nullable<Bool>,
        households_figure -> Nullable<Text>,
        individuals_figure -> Nullable<Text>,
        figure_count -> Integer,
        revision -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    figures (id) {
        id -> BigInt,
        code -> Text,
        movement_id -> Nullable<BigInt>,
        return_id -> Nullable<BigInt>,
        batch_id -> Nullable<BigInt>,
        agreement_id -> Nullable<BigInt>,
        stage -> Text,
        role -> Nullable<Text>,
        scope -> Text,
        source_id -> Nullable<BigInt>,
        url -> Nullable<Text>,
        title -> Nullable<Text>,
        reported_on -> Nullable<Date>,
        as_of -> Nullable<Date>,
        excerpt -> Nullable<Text>,
        term_as_reported -> Nullable<Text>,
        place_as_reported -> Nullable<Text>,
        notes -> Nullable<Text>,
        destination_id -> Nullable<BigInt>,
        households -> Nullable<Integer>,
        households_quantifier -> Nullable<Text>,
        households_high -> Nullable<Integer>,
        individuals -> Nullable<Integer>,
        individuals_quantifier -> Nullable<Text>,
        individuals_high -> Nullable<Integer>,
        men -> Nullable<Integer>,
        women -> Nullable<Integer>,
        children -> Nullable<Integer>,
        infants -> Nullable<Integer>,
        civilians -> Nullable<Integer>,
        fighters -> Nullable<Integer>,
        dated_on -> Nullable<Date>,
        dated_last -> Nullable<Date>,
        revision -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::joinable!(movements -> batches (batch_id));
diesel::joinable!(returns -> movements (movement_id));
diesel::joinable!(history -> writes (write_id));
diesel::joinable!(creations -> writes (write_id));
diesel::joinable!(imports -> writes (write_id));
diesel::allow_tables_to_appear_in_same_query!(
    data_version,
    tokens,
    writes,
    history,
    creations,
    imports,
    answers,
    locations,
    sources,
    agreements,
    batches,
    movements,
    returns,
    figures
);
