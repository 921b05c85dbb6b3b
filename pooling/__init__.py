"""Pooling: demands in; plans, allocations and shares out.

Pure computation: nothing here reads a file, a clock or the network, and the same input gives the
same output. A caller walks through the modules in this order:

1. ``demand``, ``fleet``: what SMEs want moved and what could move it;
2. ``routing.plan_pool``: lots, each with its stops, and a reason for every demand left out;
3. ``auction.award_lots``: which carriers' bids win, and ``auction.lot_prices_minor``;
4. ``coalition.lot_game`` and ``shares.share_price``: what each SME pays for its lot;
5. ``statement.share_statements``: the same, as each SME should read it;
6. ``check``: everything above examined again by code that shares nothing with the planners.

Nothing is imported here, so that a caller who only builds demands does not load three solvers.
"""
