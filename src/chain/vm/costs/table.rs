//! What each operation of the virtual machine costs, and the boot contract
//! that says so to the machine. The figures are the chain's; nothing here
//! knows which contract runs.
//!
//! Coefficients of `costs-3`, the boot contract in force from epoch 2.1 on,
//! read from the published contract (stacks-core,
//! `stackslib/src/chainstate/stacks/boot/costs-3.clar`). The text of the
//! contract made here is our own; a test compares what the machine computes
//! with it against the formulas, for every function.

use std::fmt::Write as _;

use Shape::{Constant, Linear, LogN, NLogN};

/// How a cost grows with the size `n` of what the operation works on, in
/// integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// b.
    Constant(u64),
    /// a·n + b.
    Linear(u64, u64),
    /// a·⌊log2 n⌋ + b.
    LogN(u64, u64),
    /// a·n·⌊log2 n⌋ + b.
    NLogN(u64, u64),
}

/// What one kind of operation costs.
#[derive(Clone, Copy, Debug)]
pub(super) struct CostFunction {
    /// The machine's name of it.
    pub(super) name: &'static str,
    pub(super) runtime: Shape,
    pub(super) read_count: u64,
    pub(super) read_length: Shape,
    pub(super) write_count: u64,
    pub(super) write_length: Shape,
}

/// An operation that takes time alone.
const fn time(name: &'static str, runtime: Shape) -> CostFunction {
    CostFunction {
        name,
        runtime,
        read_count: 0,
        read_length: Constant(0),
        write_count: 0,
        write_length: Constant(0),
    }
}

/// The boot contract's text. Its functions are private and repeat no code, as
/// the machine calls one for nearly every expression that it evaluates: the
/// fewer steps each takes, the faster a metered call is.
pub(super) fn contract() -> String {
    let mut text = String::new();
    for CostFunction { name, runtime, read_count, read_length, write_count, write_length } in
        &COSTS_3
    {
        // Writing to a string cannot fail.
        let cost = format!(
            "{{runtime: {}, read_count: u{read_count}, read_length: {}, \
             write_count: u{write_count}, write_length: {}}}",
            expression(*runtime),
            expression(*read_length),
            expression(*write_length),
        );
        let constant =
            [runtime, read_length, write_length].iter().all(|part| matches!(part, Constant(_)));
        let _ = if constant {
            writeln!(
                text,
                "(define-constant c_{name} {cost})\n(define-private ({name} (n uint)) c_{name})"
            )
        } else {
            writeln!(text, "(define-private ({name} (n uint)) {cost})")
        };
    }
    text
}

/// The contract whose count of confirmed proposals the machine reads before
/// it loads the costs; there are none.
pub(super) const VOTING: &str = "(define-data-var confirmed-proposal-count uint u0)";

fn expression(shape: Shape) -> String {
    match shape {
        Constant(b) => format!("u{b}"),
        Linear(a, b) => format!("(+ (* u{a} n) u{b})"),
        LogN(a, b) => format!("(+ (* u{a} (log2 n)) u{b})"),
        NLogN(a, b) => format!("(+ (* u{a} (* n (log2 n))) u{b})"),
    }
}

/// All cost functions, in the order of the machine's own list.
#[rustfmt::skip]
pub(super) const COSTS_3: [CostFunction; 139] = [
    time("cost_analysis_type_annotate", Linear(1, 9)),
    time("cost_analysis_type_check", Linear(113, 1)),
    time("cost_analysis_type_lookup", Linear(1, 4)),
    time("cost_analysis_visit", Constant(1)),
    time("cost_analysis_iterable_func", Linear(2, 14)),
    time("cost_analysis_option_cons", Constant(5)),
    time("cost_analysis_option_check", Constant(4)),
    time("cost_analysis_bind_name", Linear(1, 59)),
    time("cost_analysis_list_items_check", Linear(2, 4)),
    time("cost_analysis_check_tuple_get", LogN(1, 2)),
    time("cost_analysis_check_tuple_merge", NLogN(45, 49)),
    time("cost_analysis_check_tuple_cons", NLogN(3, 5)),
    time("cost_analysis_tuple_items_check", Linear(1, 28)),
    time("cost_analysis_check_let", Linear(1, 10)),
    time("cost_analysis_lookup_function", Constant(18)),
    time("cost_analysis_lookup_function_types", Linear(1, 26)),
    time("cost_analysis_lookup_variable_const", Constant(15)),
    time("cost_analysis_lookup_variable_depth", NLogN(1, 12)),
    time("cost_ast_parse", Linear(27, 81)),
    time("cost_ast_cycle_detection", Linear(141, 72)),
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 1, write_length: Linear(1, 1), ..time("cost_analysis_storage", Linear(2, 94)) },
    CostFunction { read_count: 1, read_length: Linear(1, 1), write_count: 0, write_length: Linear(1, 1), ..time("cost_analysis_use_trait_entry", Linear(9, 698)) },
    CostFunction { read_count: 1, read_length: Linear(1, 1), write_count: 0, write_length: Constant(0), ..time("cost_analysis_fetch_contract_entry", Linear(1, 1_516)) },
    CostFunction { read_count: 1, read_length: Linear(1, 1), write_count: 0, write_length: Constant(0), ..time("cost_analysis_get_function_entry", Linear(78, 1_307)) },
    time("cost_lookup_variable_depth", Linear(1, 1)),
    time("cost_lookup_variable_size", Linear(2, 1)),
    time("cost_lookup_function", Constant(16)),
    time("cost_bind_name", Constant(216)),
    time("cost_inner_type_check_cost", Linear(2, 5)),
    time("cost_user_function_application", Linear(26, 5)),
    time("cost_let", Linear(117, 178)),
    time("cost_if", Constant(168)),
    time("cost_asserts", Constant(128)),
    time("cost_map", Linear(1_198, 3_067)),
    time("cost_filter", Constant(407)),
    time("cost_len", Constant(429)),
    time("cost_element_at", Constant(498)),
    time("cost_index_of", Linear(1, 211)),
    time("cost_fold", Constant(460)),
    time("cost_list_cons", Linear(14, 164)),
    time("cost_type_parse_step", Constant(4)),
    time("cost_tuple_get", NLogN(4, 1_736)),
    time("cost_tuple_merge", Linear(4, 408)),
    time("cost_tuple_cons", NLogN(10, 1_876)),
    time("cost_add", Linear(11, 125)),
    time("cost_sub", Linear(11, 125)),
    time("cost_mul", Linear(13, 125)),
    time("cost_div", Linear(13, 125)),
    time("cost_geq", Linear(7, 128)),
    time("cost_leq", Linear(7, 128)),
    time("cost_le", Linear(7, 128)),
    time("cost_ge", Linear(7, 128)),
    time("cost_int_cast", Constant(135)),
    time("cost_mod", Constant(141)),
    time("cost_pow", Constant(143)),
    time("cost_sqrti", Constant(142)),
    time("cost_log2", Constant(133)),
    time("cost_xor", Linear(15, 129)),
    time("cost_not", Constant(138)),
    time("cost_eq", Linear(7, 151)),
    time("cost_begin", Constant(151)),
    time("cost_hash160", Linear(1, 188)),
    time("cost_sha256", Linear(1, 100)),
    time("cost_sha512", Linear(1, 176)),
    time("cost_sha512t256", Linear(1, 56)),
    time("cost_keccak256", Linear(1, 127)),
    time("cost_secp256k1recover", Constant(8_655)),
    time("cost_secp256k1verify", Constant(8_349)),
    time("cost_print", Linear(15, 1_458)),
    time("cost_some_cons", Constant(199)),
    time("cost_ok_cons", Constant(199)),
    time("cost_err_cons", Constant(199)),
    time("cost_default_to", Constant(268)),
    time("cost_unwrap_ret", Constant(274)),
    time("cost_unwrap_err_or_ret", Constant(302)),
    time("cost_is_okay", Constant(258)),
    time("cost_is_none", Constant(214)),
    time("cost_is_err", Constant(245)),
    time("cost_is_some", Constant(195)),
    time("cost_unwrap", Constant(252)),
    time("cost_unwrap_err", Constant(248)),
    time("cost_try_ret", Constant(240)),
    time("cost_match", Constant(264)),
    time("cost_or", Linear(3, 120)),
    time("cost_and", Linear(3, 120)),
    time("cost_append", Linear(73, 285)),
    time("cost_concat", Linear(37, 220)),
    time("cost_as_max_len", Constant(475)),
    time("cost_contract_call", Constant(134)),
    time("cost_contract_of", Constant(13_400)),
    time("cost_principal_of", Constant(984)),
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 0, write_length: Constant(0), ..time("cost_at_block", Constant(1_327)) },
    CostFunction { read_count: 3, read_length: Linear(1, 1), write_count: 0, write_length: Constant(0), ..time("cost_load_contract", Linear(1, 80)) },
    CostFunction { read_count: 0, read_length: Constant(0), write_count: 1, write_length: Linear(1, 1), ..time("cost_create_map", Linear(1, 1_564)) },
    CostFunction { read_count: 0, read_length: Constant(0), write_count: 2, write_length: Linear(1, 1), ..time("cost_create_var", Linear(7, 2_025)) },
    CostFunction { read_count: 0, read_length: Constant(0), write_count: 1, write_length: Linear(1, 1), ..time("cost_create_nft", Linear(1, 1_570)) },
    CostFunction { read_count: 0, read_length: Constant(0), write_count: 2, write_length: Constant(1), ..time("cost_create_ft", Constant(1_831)) },
    CostFunction { read_count: 1, read_length: Linear(1, 1), write_count: 0, write_length: Constant(0), ..time("cost_fetch_entry", Linear(1, 1_025)) },
    CostFunction { read_count: 1, read_length: Constant(0), write_count: 1, write_length: Linear(1, 1), ..time("cost_set_entry", Linear(4, 1_899)) },
    CostFunction { read_count: 1, read_length: Linear(1, 1), write_count: 0, write_length: Constant(0), ..time("cost_fetch_var", Linear(1, 468)) },
    CostFunction { read_count: 1, read_length: Constant(0), write_count: 1, write_length: Linear(1, 1), ..time("cost_set_var", Linear(5, 655)) },
    CostFunction { read_count: 0, read_length: Constant(0), write_count: 1, write_length: Linear(1, 1), ..time("cost_contract_storage", Linear(11, 7_165)) },
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 0, write_length: Constant(0), ..time("cost_block_info", Constant(6_321)) },
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 0, write_length: Constant(0), ..time("cost_stx_balance", Constant(4_294)) },
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 1, write_length: Constant(1), ..time("cost_stx_transfer", Constant(4_640)) },
    CostFunction { read_count: 2, read_length: Constant(1), write_count: 2, write_length: Constant(1), ..time("cost_ft_mint", Constant(1_479)) },
    CostFunction { read_count: 2, read_length: Constant(1), write_count: 2, write_length: Constant(1), ..time("cost_ft_transfer", Constant(549)) },
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 0, write_length: Constant(0), ..time("cost_ft_balance", Constant(479)) },
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 1, write_length: Constant(1), ..time("cost_nft_mint", Linear(9, 575)) },
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 1, write_length: Constant(1), ..time("cost_nft_transfer", Linear(9, 572)) },
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 0, write_length: Constant(0), ..time("cost_nft_owner", Linear(9, 795)) },
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 0, write_length: Constant(0), ..time("cost_ft_get_supply", Constant(420)) },
    CostFunction { read_count: 2, read_length: Constant(1), write_count: 2, write_length: Constant(1), ..time("cost_ft_burn", Constant(549)) },
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 1, write_length: Constant(1), ..time("cost_nft_burn", Linear(9, 572)) },
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 1, write_length: Constant(1), ..time("poison_microblock", Constant(17_485)) },
    time("cost_buff_to_int_le", Constant(141)),
    time("cost_buff_to_uint_le", Constant(141)),
    time("cost_buff_to_int_be", Constant(141)),
    time("cost_buff_to_uint_be", Constant(141)),
    time("cost_is_standard", Constant(127)),
    time("cost_principal_destruct", Constant(314)),
    time("cost_principal_construct", Constant(398)),
    time("cost_string_to_int", Constant(168)),
    time("cost_string_to_uint", Constant(168)),
    time("cost_int_to_ascii", Constant(147)),
    time("cost_int_to_utf8", Constant(181)),
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 0, write_length: Constant(0), ..time("cost_burn_block_info", Constant(96_479)) },
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 0, write_length: Constant(0), ..time("cost_stx_account", Constant(4_654)) },
    time("cost_slice", Constant(448)),
    time("cost_to_consensus_buff", Linear(1, 233)),
    time("cost_from_consensus_buff", NLogN(3, 185)),
    CostFunction { read_count: 1, read_length: Constant(1), write_count: 1, write_length: Constant(1), ..time("cost_stx_transfer_memo", Constant(4_709)) },
    time("cost_replace_at", Linear(1, 561)),
    time("cost_as_contract", Constant(138)),
    time("cost_bitwise_and", Linear(15, 129)),
    time("cost_bitwise_or", Linear(15, 129)),
    time("cost_bitwise_not", Constant(147)),
    time("cost_bitwise_left_shift", Constant(167)),
    time("cost_bitwise_right_shift", Constant(167)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_comes_twice() {
        let mut names: Vec<_> = COSTS_3.iter().map(|function| function.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COSTS_3.len());
    }
}
