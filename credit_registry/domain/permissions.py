"""Who may do what: roles, permissions, scopes, and the actor who carries them.

A role is a bundle of permissions; an API key carries permissions directly (its scopes). Nobody's role holds
both ends of a pair that due process keeps apart within one case: the step tables check the persons, not the
roles, since one person may well hold two roles.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from credit_registry.domain.errors import NotAllowed


class Permission(StrEnum):
    REGISTER_READ = "register:read"
    RECORDS_IMPORT = "records:import"
    RECORDS_ENTER = "records:enter"
    RECORDS_CORRECT = "records:correct"
    HISTORY_READ = "history:read"
    ASSESSMENTS_RUN = "assessments:run"
    LISTINGS_PROPOSE = "listings:propose"
    LISTINGS_NOTIFY = "listings:notify"
    LISTINGS_REVIEW = "listings:review"
    LISTINGS_DECIDE = "listings:decide"
    LISTINGS_PUBLISH = "listings:publish"
    LOOKUPS_READ = "lookups:read"
    PERSONAL_REVEAL = "personal:reveal"
    AUDIT_READ = "audit:read"
    ACCOUNTS_MANAGE = "accounts:manage"
    KEYS_MANAGE = "keys:manage"
    OWN_FILE = "own:file"


class Role(StrEnum):
    CLERK = "clerk"
    OFFICER = "officer"
    REVIEWER = "reviewer"
    DECIDER = "decider"
    PUBLISHER = "publisher"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_TITLES: dict[Role, str] = {
    Role.CLERK: "录入员",
    Role.OFFICER: "经办人",
    Role.REVIEWER: "法制审核人",
    Role.DECIDER: "审批人",
    Role.PUBLISHER: "公示人",
    Role.AUDITOR: "审计员",
    Role.ADMINISTRATOR: "系统管理员",
}

PERMISSION_TITLES: dict[Permission, str] = {
    Permission.REGISTER_READ: "查看企业信用档案",
    Permission.RECORDS_IMPORT: "批量导入信用信息",
    Permission.RECORDS_ENTER: "录入信用信息",
    Permission.RECORDS_CORRECT: "更正信用信息",
    Permission.HISTORY_READ: "按历史时点回看",
    Permission.ASSESSMENTS_RUN: "运行信用评价",
    Permission.LISTINGS_PROPOSE: "提出列入",
    Permission.LISTINGS_NOTIFY: "告知和送达",
    Permission.LISTINGS_REVIEW: "复核和法制审核",
    Permission.LISTINGS_DECIDE: "作出列入、移出决定",
    Permission.LISTINGS_PUBLISH: "公示名单",
    Permission.LOOKUPS_READ: "查询信用状况",
    Permission.PERSONAL_REVEAL: "查看完整证件号码",
    Permission.AUDIT_READ: "查看审计日志",
    Permission.ACCOUNTS_MANAGE: "管理账号",
    Permission.KEYS_MANAGE: "管理接口密钥",
    Permission.OWN_FILE: "办理本企业的信用事项",
}

_READER = frozenset({Permission.REGISTER_READ, Permission.LOOKUPS_READ})

# The administrator runs the installation and sees no enterprise; the auditor sees everything and changes
# nothing: 等保 (GB/T 22239-2019) asks that system, audit and business powers lie apart.
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CLERK: _READER | {Permission.RECORDS_IMPORT, Permission.RECORDS_ENTER},
    Role.OFFICER: _READER
    | {
        Permission.RECORDS_ENTER,
        Permission.RECORDS_CORRECT,
        Permission.ASSESSMENTS_RUN,
        Permission.LISTINGS_PROPOSE,
        Permission.LISTINGS_NOTIFY,
        # Whoever serves a paper on a person must write the number on it; each opening is in the log.
        Permission.PERSONAL_REVEAL,
    },
    Role.REVIEWER: _READER | {Permission.LISTINGS_REVIEW},
    Role.DECIDER: _READER | {Permission.LISTINGS_DECIDE},
    Role.PUBLISHER: _READER | {Permission.LISTINGS_PUBLISH},
    Role.AUDITOR: _READER | {Permission.HISTORY_READ, Permission.AUDIT_READ},
    Role.ADMINISTRATOR: frozenset({Permission.ACCOUNTS_MANAGE, Permission.KEYS_MANAGE}),
}

# What a key may be given. Acts of due process are for persons, never for a key.
KEY_SCOPES: frozenset[Permission] = frozenset(
    {
        Permission.LOOKUPS_READ,
        Permission.REGISTER_READ,
        Permission.RECORDS_IMPORT,
        Permission.HISTORY_READ,
        Permission.ASSESSMENTS_RUN,
    }
)


@dataclass(frozen=True)
class Actor:
    """Who acts: a person at a door, a system with a key, or the operator at the terminal.

    Attributes:
        label: what the audit log prints, such as ``account:zhang`` or ``key:hd_ab12``.
        account_id: the person, where there is one; the step tables compare it (two officers, not two logins).
        office_id: the office on whose behalf the actor acts; ``None`` for the terminal operator.
        authority_code: that office's unified code, as records name their authority.
        is_keeper: the office keeps the register and may bring in other offices' records.
        subdistricts: codes the actor is confined to; empty means the whole district.
        enterprise_id: whom the person represents; such an actor holds `OWN_FILE` and nothing else, and every
            service that grants it something asks for this id first.
    """

    label: str
    name: str
    permissions: frozenset[Permission]
    account_id: int | None = None
    key_id: int | None = None
    office_id: int | None = None
    office_name: str = ""
    authority_code: str | None = None
    is_keeper: bool = False
    roles: tuple[Role, ...] = ()
    subdistricts: frozenset[str] = field(default_factory=frozenset)
    enterprise_id: int | None = None

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Refuse unless the actor holds ``permission``.

        Raises:
            NotAllowed: naming the permission and where to ask for it.
        """
        if permission not in self.permissions:
            title = PERMISSION_TITLES[permission]
            raise NotAllowed(
                f"您没有“{title}”的权限。如工作需要，请向本单位系统管理员申请。",
                facts={"permission": permission.value},
            )

    def sees(self, subdistrict_code: str | None) -> bool:
        """Whether an enterprise of that sub-district lies within the actor's scope."""
        return not self.subdistricts or subdistrict_code in self.subdistricts

    def require_office(self, office_id: int | None) -> None:
        """Refuse unless the thing belongs to the actor's own office (谁处罚、谁决定、谁负责).

        Law:
            安全生产严重失信主体名单管理办法(2023-08-08) 第四条
        """
        if self.office_id is None or self.office_id != office_id:
            raise NotAllowed(
                "该案件由其他部门办理。谁处罚、谁决定、谁负责，请联系作出处罚的部门。",
                code="not-own-office",
                facts={"office_id": office_id},
            )


def terminal_operator(login: str) -> Actor:
    """The person at the machine's own terminal: runs imports, assessments, look-ups and accounts.

    Acts of due process are not among them: they need two named officers, which a terminal cannot show.
    """
    return Actor(
        label=f"terminal:{login}",
        name="本机操作员",
        is_keeper=True,
        permissions=frozenset(
            {
                Permission.REGISTER_READ,
                Permission.RECORDS_IMPORT,
                Permission.RECORDS_ENTER,
                Permission.HISTORY_READ,
                Permission.ASSESSMENTS_RUN,
                Permission.LOOKUPS_READ,
                Permission.AUDIT_READ,
                Permission.ACCOUNTS_MANAGE,
                Permission.KEYS_MANAGE,
            }
        ),
    )
