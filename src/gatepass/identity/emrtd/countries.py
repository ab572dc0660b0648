"""Which country a signature may speak for: certificates have two letters (ISO 3166-1 alpha-2), documents three."""

from __future__ import annotations

from typing import Final

_ALPHA_3_AND_2: Final = """
    ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT AZEAZ BDIBI BELBE
    BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT BVTBV BWABW
    CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX CYMKY
    CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET FINFI FJIFJ FLKFK FRAFR
    FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU
    GUYGY HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT JAMJM JEYJE
    JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT
    LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ
    MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ
    OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG POLPL PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU
    RWARW SAUSA SDNSD SENSN SGPSG SGSGS SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK
    SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO TTOTT TUNTN TURTR TUVTV
    TWNTW TZATZ UGAUG UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS YEMYE ZAFZA
    ZMBZM ZWEZW
"""

_ALPHA_2_OF: Final = {word[:3]: frozenset({word[3:]}) for word in _ALPHA_3_AND_2.split()} | {
    # Passports and permits of Hong Kong and Macao name China as their issuer.
    "CHN": frozenset({"CN", "HK", "MO"}),
    # 9303-3, section 5: organisations, Kosovo, and Utopia of the specimens.
    "EUE": frozenset({"EU"}),
    "RKS": frozenset({"KS", "XK"}),
    "UNA": frozenset({"UN", "ZZ"}),
    "UNK": frozenset({"UN", "ZZ"}),
    "UNO": frozenset({"UN", "ZZ"}),
    "UTO": frozenset({"UT"}),
}


def may_sign_for(country: str, state: str) -> bool:
    """Whether a signer of `country` (alpha-2) may sign what `state` (alpha-3, as `Document.issuer`) issues.

    Organisations whose two letters nobody lists are not refused: a state's own key would still have to sign for them.
    """
    expected = _ALPHA_2_OF.get(state)
    return expected is None or country in expected


def signers_of(state: str) -> frozenset[str]:
    """The alpha-2 codes that may sign for a state; empty where nobody lists one."""
    return _ALPHA_2_OF.get(state, frozenset())
