"""Names of enterprises: one spelling for comparison, and characters that only look right."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from importers.problems import VALUE_LENGTH, Finding, quoted

_BRACKETS: Final = str.maketrans("〔〕【】［］[]{}｛｝", "()()()()()()")
_SPACES: Final = re.compile(r"[\s\u3000\u200b-\u200d\u2060\ufeff]+")

_VARIATION: Final = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Scripts that no Chinese enterprise name is registered in but that hold letters drawn like Latin ones.
_FOREIGN: Final = re.compile(r"[\u0370-\u052f\u0530-\u058f\u10a0-\u10ff\u13a0-\u13ff]")
_FORBIDDEN: Final = re.compile(r"[<>{}]")
# What exports leave of a character that they could not write.
_LOST: Final = re.compile(r"[?？]|&#[xX]?[0-9A-Fa-f]+;|[□■]")
_MIDDLE_DOTS: Final = re.compile(r"[・•‧･∙⋅●]")
_VARIANTS: Final = str.maketrans({"戶": "户", "戸": "户", "〇": "○", "ー": "一"})


# Characters of the traditional script that no simplified name holds; a hint for a person, never a conversion.
TRADITIONAL: Final = re.compile(
    "[亂亞來倉個們倫偉偽傘傭傳債傷傾僅價儀億償優儲兒內兩冊凍凱別刪則剛創劇劉劍劑勁動務勞勢勵勸勻匯區協卻厲參吳員問啟單嗎嘆嘗嚇嚴國圍園圓圖團堅報場塊塗塵墜墳墾壇壓壘壞壟壽夠奧奪奮婦媽"
    "嬰孫學宮實寧審寫寬寵寶將尋對導層屬岡島峽崗嶺嶽帥師帳帶幣幫幹幾庫廈廚廟廠廢廣廳張強彈徑從徹恆恥悅態憑憲憶應懷懸戀戰戲戶拋掃掛揚搶摯撥撫擁擇擊擔擬擴擾攔攜攝敘數斂斬斷時晉暢暫曠曬"
    "書會東條棄棗楊極構樂樓標樞樣樸橋機檔檢櫃權欽歐歡歲歷歸殘殺毀氣決沒沖況涼淚淨減測渾湊湯準溝滅滬漁漢漲漸潔潤潰濁濃濕濟濤瀏灑灣災為烏無煉煙煥煩熱燈燒營燦爐爛爭爺爾牆牽犧狀猶獄獅獎"
    "獨獵獸現瑪環產畝畫異當瘋療發盜盡監盤盧眾睜瞞確碼磚礎礦禍禮稅種稱積窮竊競筆節範築簡籌糧紀約納紐純紙級紛紡細終組結絕給統絲經綜綠綢維緊緒線緣編緩練縣縮總績織繪繼續纖罰羅義習聞聯聰"
    "職肅腦腸膚膠膽臉臨臺與興舉舊艦華萬葉蔣薩藍藝蘇蘋蘭虛號虧蟲術衛補裝裡製複見規視親覺覽觀觸訂計討訓記訪設許訴診評詞試詩話該詳語誠誤說課調談請論諸諾謀講證識譜譯議護讀變讓豈豐貝負財"
    "貧貨販貪貫責貳貴買貸費貿賀資賊賓賜賞賠賢賣賤質賬賴賺購贈贊趕趙趨躍車軌軍軟較載輔輕輛輝輪輯輸轄轉辦辭農這連週進運過達違遠適遲遷選遺還邊鄉鄧鄭鄰醫醬釀釋針釣鈔鈞鉛鉤鋼錄錢錦鍋鍵鎖"
    "鎮鏡鐘鑒鑰長門閃閉開閒間閘閣閱關陣陰陳陸陽隊際隨險隱雙雜雞離難雲電霧靈靜韓頁頂頃項順須預頓頗領頭頻題額顏願類顧顯風飛飯飲飾養餘館馬馮馳駐駕騎騙驅驗驚體髮魚魯鮮鳥鳳鳴鴨鵝鹽麗麥黃"
    "點黨齊齒齡龍龜]"
)


def name_key(name: str) -> str:
    """The spelling by which names are compared.

    Width, case, brackets and spaces are folded.  The form of organisation is never stripped: 北京燕京实业有限公司 and
    北京燕京实业股份有限公司 are two firms.
    """
    return _SPACES.sub("", unicodedata.normalize("NFKC", name).translate(_BRACKETS)).upper()


def check_name(name: str) -> tuple[str, list[Finding]]:
    """The name to keep, and what is to be said of it."""
    if found := _FORBIDDEN.search(name):
        return name, [
            Finding(
                "R-NAME-CHAR",
                "refuse_row",
                f"含有名称中不会出现的字符“{found.group()}”",
                "请填写营业执照上的名称",
            )
        ]
    if _LOST.search(name):
        return name, [
            Finding(
                "R-LOST-CHAR",
                "hold",
                "中可能有字已经丢失（成了“?”或字符代码）",
                "请对照原件补上丢失的字后人工处理",
            )
        ]
    odd = _FOREIGN.findall(name) + _MIDDLE_DOTS.findall(name) + _VARIATION.findall(name)
    odd += [char for char in name if char in "戶戸〇ー"]
    if odd:
        return name, [
            Finding(
                "R-LOOKALIKE",
                "hold",
                f"含有形似但不同的字符（{_points(odd)}）",
                f"是否为“{quoted(_proposal(name), VALUE_LENGTH)}”？请人工核对登记名称",
            )
        ]
    folded = _fold_compatibility(name)
    findings = []
    if folded != name:
        findings.append(
            Finding(
                "N-NAME",
                "normalised",
                f"的兼容字符已规范为“{quoted(folded, VALUE_LENGTH)}”",
                "已保留原文；如不正确请更正",
            )
        )
    if TRADITIONAL.search(folded):
        findings.append(
            Finding(
                "W-TRADITIONAL",
                "warning",
                "含有繁体字，已按原样接收",
                "请核对登记名称是否为简体；系统不自动转换",
            )
        )
    return folded, findings


def _fold_compatibility(name: str) -> str:
    """㈱ and Kangxi radicals become what they stand for; full-width brackets and letters stay as registered."""
    return "".join(
        char if char in "（）" or "\uff01" <= char <= "\uff5e" else unicodedata.normalize("NFKC", char)
        for char in name
    )


def _proposal(name: str) -> str:
    latin = str.maketrans("АВЕКМНОРСТХаеорсху" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTXaeopcxy" + "ABEZHIKMNOPTYX")
    return _VARIATION.sub("", _MIDDLE_DOTS.sub("·", name.translate(_VARIANTS).translate(latin)))


def _points(chars: list[str]) -> str:
    return "、".join(
        dict.fromkeys(
            f"{char} U+{ord(char):04X}" if char.isprintable() else f"U+{ord(char):04X}" for char in chars
        )
    )
