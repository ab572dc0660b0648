"""Every parser that faces the outside, fed with what no honest device would send.

    ./gatepass fuzz                        a million mutated inputs, one table
    ./gatepass fuzz --guided --minutes 10  coverage-guided (atheris), ten minutes a parser

`parsers.py` lists the parsers and what each promises; what was ever found is kept in `tests/fuzz/cases.toml` and
tried again by the tests.
"""
