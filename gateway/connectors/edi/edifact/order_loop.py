"""The loops that ORDERS, ORDRSP and ORDCHG share, of all directories from D.93A to D.21B."""

from __future__ import annotations

from typing import Final

from gateway.connectors.edi.edifact.party import NAD_LOOP

ALC_LOOP: Final = (
    "(ALC ALI* FTX* RFF* DTM* (QTY RNG)* (PCD RNG DTM*)* (MOA RNG CUX* DTM*)* (RTE RNG)* "
    "(TAX MOA*)*)*"
)
"""The loop of an allowance or a charge."""

PAC_LOOP: Final = "(PAC MEA* QTY* DTM* FTX* (RFF DTM*)* (PCI RFF* DTM* GIN*)* (GIN MOA*)*)*"
"""The loop of packages that are only described."""

_SCC_LOOP: Final = "(SCC FTX* RFF* (QTY DTM*)*)*"
_TRANSPORT: Final = "(TDT (LOC DTM*)*)* (TOD LOC*)*"
_DANGER: Final = "(RCS RFF* DTM* FTX*)* (DGS FTX* (CTA COM*)*)*"

HEAD: Final = (
    "BGM! DTM* PAI* ALI* IMD* FTX* GIR* (RFF DTM*)* (AJT FTX*)* "
    f"{NAD_LOOP} (TAX MOA* LOC*)* (CUX PCD* DTM*)* (PAT DTM* PCD* MOA* PAI* FII*)* "
    f"{_TRANSPORT} {PAC_LOOP} "
    f"(EQD HAN* MEA* FTX*)* {_SCC_LOOP} (APR DTM* RNG*)* {ALC_LOOP} {_DANGER}"
)
"""What stands before the lines."""

LINE: Final = (
    "LIN PIA* IMD* MEA* QTY* PCD* ALI* DTM* (MOA QTY* IMD* CUX* DTM* GEI*)* GEI* GIN* GIR* QVR* "
    "DOC* PAI* MTD* FTX* (AJT FTX*)* (CCI CAV* MEA*)* (PAT DTM* PCD* MOA* PAI* FII*)* "
    "(PRI CUX* APR* RNG* DTM*)* (RFF DTM*)* "
    f"{PAC_LOOP} (LOC QTY* PCD* DTM*)* (TAX MOA* LOC*)* {NAD_LOOP} {ALC_LOOP} {_TRANSPORT} "
    f"(EQD HAN* MEA* FTX*)* {_SCC_LOOP} (APR DTM* RNG*)* {_DANGER}"
)
"""The loop of a line."""

SUMMARY: Final = "UNS! MOA* CNT* (ALC ALI* MOA*)*"
"""What stands after the lines."""
